/** Reads the records of STI-Bench from the files on the hub. */
import { join } from 'node:path';
import { readPythonLiteral } from '@loci/core';
import type { BenchmarkItem } from '@loci/core';
import { z } from 'zod';
import { checkLayout, locate } from '../reading/layout.ts';
import { createVideoFinder } from '../reading/media-files.ts';
import { numberLike, optionalText, parquetRecords, textLike } from '../reading/records.ts';

const QUESTION_FILES = ['qa.parquet', 'data/qa.parquet'];
const VIDEO_FOLDERS = ['video', 'videos'];

/**
 * Text by letter: a group of fields (those without an option are null), a map, a list of pairs, or any of these written as
 * JSON or as a Python literal.
 */
const candidates = z.unknown().transform((value, context) => {
  const plain = typeof value === 'string' ? parseText(value) : value;
  const pairs = lettered(plain);
  if (pairs.length > 0) return pairs;
  context.addIssue({ code: 'custom', message: 'no candidates by letter' });
  return z.NEVER;
});

const record = z
  .looseObject({
    ID: textLike,
    Video: z.string().min(1),
    Source: optionalText,
    Scene: optionalText,
    Task: z.string().min(1),
    Question: z.string().min(1),
    Candidates: candidates,
    Answer: z.string().min(1),
    time_start: numberLike,
    time_end: numberLike,
  })
  .transform((fields) => ({ ...fields, scene: fields.Scene ?? fields.Source }));

/** @throws LociError `benchmark-layout`. */
export function checkStiFolder(data: string): void {
  checkLayout(
    data,
    [
      { places: QUESTION_FILES, holds: 'the questions', how: 'as the hub has them' },
      {
        places: VIDEO_FOLDERS,
        holds: 'the videos',
        how: 'unpack video.zip here',
        videos: 'anywhere',
      },
    ],
    { benchmark: 'STI-Bench', repository: 'MINT-SJTU/STI-Bench' },
  );
}

/** The items of a folder. Ids are unique per video, so the id of an item has both. The time span is part of the question. */
export async function* readStiItems(
  data: string,
  allowOutside = false,
): AsyncIterable<BenchmarkItem> {
  const [path] = locate(data, QUESTION_FILES);
  const find = createVideoFinder(
    VIDEO_FOLDERS.map((folder) => join(data, folder)),
    data,
    allowOutside,
  );
  for await (const fields of parquetRecords(path!, record)) {
    yield {
      id: `${fields.Video}#${fields.ID}`,
      task: fields.Task,
      groups: fields.scene === undefined ? {} : { scene: fields.scene },
      question: `From second ${fields.time_start} to second ${fields.time_end}: ${fields.Question}`,
      options: fields.Candidates.map(([letter, text]) => `${letter}. ${text}`),
      answer: fields.Answer,
      ...find(fields.Video),
    };
  }
}

type Pair = readonly [letter: string, text: string];

function lettered(value: unknown): readonly Pair[] {
  if (value instanceof Map) return lettered([...value]);
  if (Array.isArray(value)) return value.flatMap(pairOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(pairOf);
}

function pairOf(entry: unknown): readonly Pair[] {
  const [key, text] = Array.isArray(entry) ? entry : keyAndValue(entry);
  if (typeof key !== 'string' || !/^[A-Z]$/u.test(key) || text === null) return [];
  return typeof text === 'string' || typeof text === 'number' ? [[key, String(text)]] : [];
}

/** Entries of a parquet map. */
function keyAndValue(entry: unknown): readonly unknown[] {
  const { key, value } = Object(entry) as { readonly key?: unknown; readonly value?: unknown };
  return [key, value];
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const literal = readPythonLiteral(text);
    if (literal?.kind !== 'dictionary') return undefined;
    return literal.entries.map(([key, value]) => [plainText(key), plainText(value)]);
  }
}

function plainText(value: { readonly kind: string; readonly value?: unknown }): string | undefined {
  return value.value === undefined ? undefined : String(value.value);
}
