import { join } from 'node:path';
import { placeText, placeVideo } from './fixture-files.ts';
import type { FixtureMedia } from './fixture-files.ts';
import { writeTable } from './write-table.ts';

/** Category, duration group, options, place of the right one. */
const ITEMS: readonly (readonly [string, number, readonly string[], number])[] = [
  ['S2E', 15, ['a man', 'a woman', 'a dog', 'a cat', 'nobody'], 1],
  ['T2O', 60, ['a cup', 'a plate', 'a fork', 'a knife'], 0],
  ['E3E', 600, ['before', 'after', 'never', 'twice', 'always'], 4],
  ['TAA', 3600, ['red', 'green', 'blue', 'grey', 'none'], 2],
];

/** The two forms that the project's subtitles have; the second clip begins three seconds into its film. */
const CLOCK_LINES = [
  { start: '00:00:00.000', end: '00:00:00.400', line: 'first words' },
  { start: '00:00:00.500', end: '00:00:00.900', line: 'second words' },
];
const TIMED_LINES = [
  { timestamp: [3, 3.4], text: 'first words' },
  { timestamp: [3.5, null], text: 'last words' },
];

/** Where the questions are: the project's JSON, or the parquet twin with its numbered options. */
export type RecordForm = 'json' | 'parquet';

/** Writes the validation split of LongVideoBench in small, with videos of a second and subtitles of both forms. */
export function writeLongVideoBenchFolder(
  folder: string,
  media: FixtureMedia,
  form: RecordForm = 'json',
): void {
  const records = ITEMS.map(([category, group, candidates, right], index) => ({
    video_id: `video${index}`,
    question: `${category}: what is seen when the words are spoken?`,
    question_wo_referring_query: 'What is seen?',
    candidates,
    correct_choice: right,
    position: [0, 1],
    topic_category: 'KH-Knowledge-History',
    question_category: category,
    level: 'IntraMoment',
    id: `video${index}_0`,
    video_path: `video${index}.mp4`,
    subtitle_path: `video${index}_en.json`,
    duration_group: group,
    starting_timestamp_for_subtitles: index % 2 === 0 ? 0 : 3,
    duration: 1,
    view_count: 1,
  }));
  if (form === 'json') placeText(folder, 'lvb_val.json', JSON.stringify(records));
  else writeParquetTwin(folder, records);
  for (const [index, { video_path: video, subtitle_path: path }] of records.entries()) {
    placeVideo(media, folder, `videos/${video}`);
    const lines = index % 2 === 0 ? CLOCK_LINES : TIMED_LINES;
    placeText(folder, `subtitles/${path}`, JSON.stringify(lines));
  }
}

interface JsonRecord {
  readonly candidates: readonly string[];
  readonly correct_choice: number;
  readonly duration_group: number;
  readonly duration: number;
  readonly starting_timestamp_for_subtitles: number;
}

const TEXTS = [
  'video_id',
  'question',
  'topic_category',
  'question_category',
  'id',
  'video_path',
  'subtitle_path',
] as const;

function writeParquetTwin(
  folder: string,
  records: readonly (JsonRecord & Readonly<Record<(typeof TEXTS)[number], string>>)[],
): void {
  const texts = TEXTS.map(
    (name) => [name, { feature: 'string', values: records.map((row) => row[name]) }] as const,
  );
  const options = [0, 1, 2, 3, 4].map(
    (place) =>
      [
        `option${place}`,
        { feature: 'string', values: records.map((row) => row.candidates[place] ?? 'N/A') },
      ] as const,
  );
  writeTable(join(folder, 'data/validation-00000-of-00001.parquet'), {
    ...Object.fromEntries([...texts, ...options]),
    correct_choice: { feature: 'int64', values: records.map((row) => BigInt(row.correct_choice)) },
    duration_group: { feature: 'int64', values: records.map((row) => BigInt(row.duration_group)) },
    duration: { feature: 'float64', values: records.map((row) => row.duration) },
    starting_timestamp_for_subtitles: {
      feature: 'float64',
      values: records.map((row) => row.starting_timestamp_for_subtitles),
    },
  });
}
