/** Reads the validation records of LongVideoBench, from the JSON of the project or its parquet twin. The answers of the test split are hidden. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LociError, isWithinFolder } from '@loci/core';
import type { BenchmarkItem, Subtitle } from '@loci/core';
import { z } from 'zod';
import { checkLayout, locate } from '../reading/layout.ts';
import { createVideoFinder } from '../reading/media-files.ts';
import {
  numberLike,
  optionalText,
  parquetRecords,
  readJsonFile,
  textLike,
} from '../reading/records.ts';
import { parseSubtitleEntries } from '../reading/subtitles.ts';

const QUESTION_FILES = ['lvb_val.json', 'data/validation-*.parquet', 'validation-*.parquet'];
const LETTERS = 'ABCDEFGH';
/** The placeholder of parquet files for options that an item does not have. */
const NO_OPTION = 'N/A';

const record = z
  .looseObject({
    video_id: textLike,
    id: textLike,
    video_path: z.string().min(1),
    subtitle_path: optionalText,
    correct_choice: numberLike,
    question: z.string(),
    candidates: z.array(z.string()).nullish(),
    option0: optionalText,
    option1: optionalText,
    option2: optionalText,
    option3: optionalText,
    option4: optionalText,
    duration: numberLike,
    duration_group: textLike,
    question_category: z.string(),
    topic_category: optionalText,
    starting_timestamp_for_subtitles: numberLike.nullish(),
  })
  .transform((fields) => ({ ...fields, candidates: fields.candidates ?? numberedOptions(fields) }))
  .refine(({ candidates }) => candidates.length > 1, {
    path: ['candidates'],
    message: 'fewer than two options, neither in candidates nor in option0 … option4',
  })
  .refine(({ candidates, correct_choice: at }) => candidates[at] !== undefined, {
    path: ['correct_choice'],
    message: 'no option has this place',
  });

type Record = z.output<typeof record>;

/** @throws LociError `benchmark-layout`. */
export function checkLongVideoBenchFolder(data: string, withSubtitles: boolean): void {
  const subtitles = {
    places: ['subtitles'],
    holds: 'the subtitles',
    how: 'unpack subtitles.tar here',
  };
  checkLayout(
    data,
    [
      { places: QUESTION_FILES, holds: 'the validation questions', how: 'as the hub has them' },
      {
        places: ['videos'],
        holds: 'the videos',
        how: 'cat videos.tar.part.* | tar x',
        videos: 'anywhere',
      },
      ...(withSubtitles ? [subtitles] : []),
    ],
    {
      benchmark: 'LongVideoBench',
      repository: 'longvideobench/LongVideoBench',
      note: 'Its terms must be accepted on the hub first, and `hf auth login` run.',
    },
  );
}

/** The items of a folder, with subtitles on request; times count from the start of the video file. */
export async function* readLongVideoBenchItems(
  data: string,
  withSubtitles: boolean,
  allowOutside = false,
): AsyncIterable<BenchmarkItem> {
  const find = createVideoFinder([join(data, 'videos')], data, allowOutside);
  for await (const fields of readRecords(data)) {
    const found = find(fields.video_path);
    const subtitles = withSubtitles ? readSubtitles(data, fields, allowOutside) : undefined;
    const missing = [found.missing, subtitles?.missing].filter((reason) => reason !== undefined);
    yield {
      id: fields.id,
      task: fields.question_category,
      groups: { durationGroup: fields.duration_group, topic: fields.topic_category ?? 'none' },
      question: fields.question,
      options: fields.candidates.map((text, index) => `${LETTERS[index]}. ${text}`),
      answer: LETTERS[fields.correct_choice]!,
      duration: fields.duration,
      media: found.media,
      ...(missing.length > 0 && { missing: missing.join('; ') }),
      ...(subtitles && { subtitles: subtitles.lines }),
    };
  }
}

async function* readRecords(data: string): AsyncIterable<Record> {
  for (const path of locate(data, QUESTION_FILES)) {
    if (path.endsWith('.parquet')) yield* parquetRecords(path, record);
    else yield* await readJsonFile(path, z.array(record));
  }
}

interface FoundSubtitles {
  readonly lines: readonly Subtitle[];
  readonly missing?: string;
}

function readSubtitles(data: string, fields: Record, allowOutside: boolean): FoundSubtitles {
  const name = fields.subtitle_path;
  if (name === undefined || name === '')
    return { lines: [], missing: `${fields.id} has no subtitle_path` };
  const path = join(data, 'subtitles', name);
  if (!allowOutside && !isWithinFolder(data, path))
    return { lines: [], missing: `The subtitles ${name} lie outside of ${data}` };
  if (!existsSync(path)) return { lines: [], missing: `There are no subtitles ${path}` };
  const start = fields.starting_timestamp_for_subtitles ?? 0;
  try {
    const lines = parseSubtitleEntries(readFileSync(path, 'utf8'), start + fields.duration, path);
    return {
      lines: lines.map((line) => ({ ...line, start: line.start - start, end: line.end - start })),
    };
  } catch (error) {
    if (!LociError.is(error)) throw error;
    return { lines: [], missing: error.message };
  }
}

function numberedOptions(fields: {
  readonly [Name in `option${0 | 1 | 2 | 3 | 4}`]?: string | undefined;
}): readonly string[] {
  const { option0, option1, option2, option3, option4 } = fields;
  return [option0, option1, option2, option3, option4].flatMap((text) =>
    text === undefined || text === NO_OPTION ? [] : [text],
  );
}
