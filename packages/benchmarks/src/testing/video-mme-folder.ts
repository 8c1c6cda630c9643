import { join } from 'node:path';
import { placeText, placeVideo } from './fixture-files.ts';
import type { FixtureMedia } from './fixture-files.ts';
import { writeTable } from './write-table.ts';

const VIDEOS: readonly (readonly [video: string, duration: string])[] = [
  ['fFjv93ACGo8', 'short'],
  ['N1cdUjctpG8', 'medium'],
  ['QBfOTRxzBEo', 'long'],
];
const TASKS = ['Counting Problem', 'Temporal Reasoning', 'OCR Problems'];
const OPTIONS = ['A. Apples.', 'B. Candles.', 'C. Berries.', 'D. The three kinds are as many.'];

/** The subtitles are those of a player: a byte-order mark, carriage returns, fonts. The last video has none. */
const SUBTITLES = [
  '\uFEFF1\r\n00:00:00,000 --> 00:00:00,400\r\n<font color="white" size=".72c">first words</font>\r\n',
  '2\r\n00:00:00,500 --> 00:00:00,900\r\n<font color="white" size=".72c">second words</font>\r\non two lines\r\n',
].join('\r\n');

/** Writes Video-MME in small: three videos with three questions each, and the subtitles of two of them. */
export function writeVideoMmeFolder(folder: string, media: FixtureMedia): void {
  const items = VIDEOS.flatMap((video, index) =>
    TASKS.map((task, at) => ({ video, index, task, at })),
  );
  const column = (value: (item: (typeof items)[number]) => string) =>
    ({ feature: 'string', values: items.map(value) }) as const;
  writeTable(join(folder, 'videomme/test-00000-of-00001.parquet'), {
    video_id: column(({ index }) => `00${index + 1}`),
    duration: column(({ video: [, duration] }) => duration),
    domain: column(() => 'Knowledge'),
    sub_category: column(() => 'Humanity & History'),
    url: column(({ video: [id] }) => `https://www.youtube.com/watch?v=${id}`),
    videoID: column(({ video: [id] }) => id),
    question_id: column(({ index, at }) => `00${index + 1}-${at + 1}`),
    task_type: column(({ task }) => task),
    question: column(({ task }) => `${task}: what is seen?`),
    options: { feature: 'strings', values: items.map(() => OPTIONS) },
    answer: column(({ index, at }) => 'ABCD'[(index + at) % 4]!),
  });
  for (const [index, [id]] of VIDEOS.entries()) {
    placeVideo(media, folder, `data/${id}.mp4`);
    if (index < 2) placeText(folder, `subtitle/${id}.srt`, SUBTITLES);
  }
}
