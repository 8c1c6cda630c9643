/** The records of VSI-Bench as the hub has them. */
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

const QUESTION_FILES = [
  'test-*.parquet',
  'data/test-*.parquet',
  'full/test-*.parquet',
  'test.jsonl',
];
const DEBIASED_FILES = [
  'debiased/test-*.parquet',
  'test_debiased.parquet',
  'test-debiased*.parquet',
  'test_debiased.jsonl',
];
/** What the column of the full set is called that tells of pruning; its name is not certain. */
const PRUNING_FIELDS: readonly string[] = ['pruned', 'is_pruned', 'prune'];
const VIDEO_FOLDERS: readonly string[] = ['arkitscenes', 'scannet', 'scannetpp'];

/** @throws LociError `benchmark-layout`. */
export function checkVsiFolder(data: string, subset: VsiSubset): void {
  const places = subset === 'full' ? QUESTION_FILES : [...DEBIASED_FILES, ...QUESTION_FILES];
  checkLayout(
    data,
    [
      { places, holds: 'the questions', how: 'as the hub has them' },
      ...VIDEO_FOLDERS.map((folder) => ({
        places: [folder, `videos/${folder}`],
        holds: 'videos, one a scene',
        how: `unpack ${folder}.zip here`,
      })),
    ],
    { benchmark: 'VSI-Bench', repository: 'nyu-visionx/VSI-Bench' },
  );
}

/**
 * The items of a folder.
 *
 * @throws LociError `benchmark-subset` when nothing tells which items are pruned, `benchmark-record` for an unknown question
 * type and whatever else cannot be read.
 */
export async function* readVsiItems(data: string, subset: VsiSubset): AsyncIterable<BenchmarkItem> {
  const own = subset === 'debiased' ? locate(data, DEBIASED_FILES) : [];
  const paths = own.length > 0 ? own : locate(data, QUESTION_FILES);
  const pruning = subset === 'debiased' && own.length === 0 ? await pruningField(paths) : undefined;
  const find = createVideoFinder([data, join(data, 'videos')]);
  for await (const fields of recordsOf(paths, record)) {
    if (pruning !== undefined && isTrue(fields[pruning])) continue;
    const { id, dataset, scene_name: scene, question_type: task } = fields;
    if (!LETTER_TYPES.has(task) && !NUMBER_TYPES.has(task)) {
      throw new LociError(
        'benchmark-record',
        `${paths.join(', ')}: item ${id} has the unknown question_type "${task}"`,
      );
    }
    yield {
      id,
      task,
      groups: { dataset, scene },
      question: fields.question,
      options: fields.options,
      answer: fields.ground_truth,
      ...find(join(dataset, `${scene}.mp4`)),
    };
  }
}

async function pruningField(paths: readonly string[]): Promise<string> {
  const names = await fieldsOf(paths[0]!);
  const field = PRUNING_FIELDS.find((candidate) => names.includes(candidate));
  if (field !== undefined) return field;
  throw new LociError(
    'benchmark-subset',
    `Nothing tells the debiased items: there is none of ${DEBIASED_FILES.join(', ')}, and ${paths[0]} has none of the fields ` +
      `${PRUNING_FIELDS.join(', ')} (it has ${names.join(', ')}). Get the configuration "debiased" of nyu-visionx/VSI-Bench.`,
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
