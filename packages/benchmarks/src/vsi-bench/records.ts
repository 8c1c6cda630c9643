/** Reads the records of VSI-Bench from the files on the hub. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LociError } from '@loci/core';
import type { BenchmarkItem } from '@loci/core';
import { z } from 'zod';
import { checkLayout, locate } from '../reading/layout.ts';
import { createVideoFinder } from '../reading/media-files.ts';
import { parquetFields } from '../reading/parquet.ts';
import { recordsOf, textLike, textList } from '../reading/records.ts';
import { LETTER_TYPES, NUMBER_TYPES } from './tasks.ts';

/** All items, or those that remain after language-only shortcuts are pruned (arXiv 2511.04655). */
export type VsiSubset = 'full' | 'debiased';

const record = z.looseObject({
  id: textLike,
  dataset: z.string(),
  scene_name: z.string(),
  question_type: z.string(),
  question: z.string(),
  ground_truth: textLike,
  options: textList,
});

/** A record, with the answer as text. */
export type VsiRecord = z.output<typeof record>;

const QUESTION_FILES = ['test-*.parquet', 'data/test-*.parquet', 'test.jsonl'];
/** The two halves of the questions as the hub has them since the debiased subset exists. */
const DEBIASED = 'test_debiased.parquet';
const PRUNED = 'test_pruned.parquet';
/** Ids of the items that the debiased subset leaves out, one a line. */
const PRUNED_IDS = 'pruned_ids.txt';
/** The field that marks them in other files. */
const PRUNED_FIELD = 'pruned';
const VIDEO_FOLDERS: readonly string[] = ['arkitscenes', 'scannet', 'scannetpp'];

/** @throws LociError `benchmark-layout`. */
export function checkVsiFolder(data: string, subset: VsiSubset): void {
  const halves = subset === 'full' ? [] : [DEBIASED];
  const hasHalves = locate(data, [DEBIASED]).length > 0 && locate(data, [PRUNED]).length > 0;
  const questions = {
    places: [...QUESTION_FILES, ...halves],
    holds: 'the questions',
    how: `as the hub has them; ${DEBIASED} and ${PRUNED} together do as well`,
  };
  checkLayout(
    data,
    [
      ...(hasHalves ? [] : [questions]),
      ...VIDEO_FOLDERS.map((folder) => ({
        places: [folder, `videos/${folder}`],
        holds: 'videos, one a scene',
        how: `unpack ${folder}.zip here`,
        videos: 'in-folders-of-this-name' as const,
      })),
    ],
    { benchmark: 'VSI-Bench', repository: 'nyu-visionx/VSI-Bench' },
  );
}

/**
 * The items of a folder.
 *
 * @throws LociError `benchmark-subset` when no file marks the pruned items, `benchmark-record` for an unknown question type or
 * an invalid record.
 */
export async function* readVsiItems(
  data: string,
  subset: VsiSubset,
  allowOutside = false,
): AsyncIterable<BenchmarkItem> {
  const { paths, isLeftOut } = await questionFiles(data, subset);
  const find = createVideoFinder([data, join(data, 'videos')], data, allowOutside);
  for await (const fields of recordsOf(paths, record)) {
    if (isLeftOut(fields)) continue;
    const { id, dataset, scene_name: scene, question_type: task } = fields;
    if (!LETTER_TYPES.has(task) && !NUMBER_TYPES.has(task)) {
      throw new LociError(
        'benchmark-record',
        `${paths.join(', ')}: item ${id} has the unknown question_type "${task}"`,
      );
    }
    if (LETTER_TYPES.has(task)) checkOptions(fields, paths);
    yield { ...itemOfVsiRecord(fields), ...find(join(dataset, `${scene}.mp4`)) };
  }
}

/**
 * Checks that a question for a letter has options.
 *
 * @throws LociError `benchmark-record`.
 */
export function checkOptions(
  { id, options }: Pick<VsiRecord, 'id' | 'options'>,
  paths: readonly string[],
): void {
  if (options.length > 0) return;
  throw new LociError(
    'benchmark-record',
    `${paths.join(', ')}: item ${id} asks for a letter and has no options`,
  );
}

/** An item but for its video. */
export function itemOfVsiRecord(fields: VsiRecord): Omit<BenchmarkItem, 'media'> {
  const { id, dataset, scene_name: scene, question_type: task } = fields;
  return {
    id,
    task,
    groups: { dataset, scene },
    question: fields.question,
    options: fields.options,
    answer: fields.ground_truth,
  };
}

interface QuestionFiles {
  readonly paths: readonly string[];
  readonly isLeftOut: (fields: z.output<typeof record>) => boolean;
}

/** The files with the items of a subset, and a test for items to leave out. */
async function questionFiles(data: string, subset: VsiSubset): Promise<QuestionFiles> {
  const [debiased, pruned] = [locate(data, [DEBIASED]), locate(data, [PRUNED])];
  const all = locate(data, QUESTION_FILES);
  if (subset === 'full') {
    return { paths: all.length > 0 ? all : [...debiased, ...pruned], isLeftOut: () => false };
  }
  if (debiased.length > 0) return { paths: debiased, isLeftOut: () => false };
  const [ids] = locate(data, [PRUNED_IDS]);
  if (ids !== undefined) {
    const leftOut = new Set((await readFile(ids, 'utf8')).split(/\s+/u));
    return { paths: all, isLeftOut: ({ id }) => leftOut.has(id) };
  }
  const names = await fieldsOf(all[0]!);
  if (names.includes(PRUNED_FIELD)) {
    return { paths: all, isLeftOut: (fields) => isTrue(fields[PRUNED_FIELD]) };
  }
  throw new LociError(
    'benchmark-subset',
    `No file marks the debiased items: there is neither ${DEBIASED} nor ${PRUNED_IDS}, and ${all[0]} has no field ` +
      `"${PRUNED_FIELD}" (it has ${names.join(', ')}). Get them from nyu-visionx/VSI-Bench.`,
  );
}

async function fieldsOf(path: string): Promise<readonly string[]> {
  if (path.endsWith('.parquet')) return parquetFields(path);
  for await (const fields of recordsOf([path], z.looseObject({}))) return Object.keys(fields);
  return [];
}

function isTrue(value: unknown): boolean {
  return value === true || value === 1 || value === 1n || value === 'True' || value === 'true';
}
