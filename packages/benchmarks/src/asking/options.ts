/** Options of all benchmarks that are read from folders. */
import { deriveSeed, frameSelection, permutation, typedPath } from '@loci/core';
import type { BenchmarkItem } from '@loci/core';
import { z } from 'zod';
import { PROMPT_STYLES } from './prompts.ts';

const sentence = z.string();

/** Options of the folder, of the prompt, and of the choice of items. */
export const commonOptions = {
  data: z
    .string()
    .min(1)
    .describe('Folder with the files of the benchmark, archives unpacked, or hub:OWNER/NAME'),
  prompt: z
    .enum(PROMPT_STYLES)
    .default('official')
    .describe('Style of the prompt; in the thinking styles scorers look for answer tags'),
  wording: z
    .strictObject({
      announce: sentence,
      letter: sentence,
      number: sentence,
      'yes-no': sentence,
      label: sentence,
      actions: sentence,
      caption: sentence,
    })
    .partial()
    .optional()
    .describe("Sentences that replace ours, such as the authors' own"),
  tasks: z.array(z.string()).min(1).optional().describe('Ask only items of these tasks'),
  limit: z.int().positive().optional().describe('Ask no more items than this'),
  shuffle: z
    .int()
    .nonnegative()
    .optional()
    .describe('Seed of a random order; `limit` then takes a random sample'),
};

/** The same for benchmarks of videos. */
export const videoOptions = {
  ...commonOptions,
  allowOutside: z
    .boolean()
    .default(false)
    .describe('Show videos outside of the folder, where records name them'),
  frames: frameSelection
    .optional()
    .describe('Number and size of the frames, in place of the default of the benchmark'),
};

/** The options that choose items. */
export interface Selection {
  readonly tasks?: readonly string[] | undefined;
  readonly limit?: number | undefined;
  readonly shuffle?: number | undefined;
}

/** Chooses items: filters them by task, shuffles them where a seed is given, and takes the first `limit`. */
export function selectItems(
  items: readonly BenchmarkItem[],
  { tasks, limit = items.length, shuffle }: Selection,
): readonly BenchmarkItem[] {
  const wanted = tasks === undefined ? items : items.filter(({ task }) => tasks.includes(task));
  if (shuffle === undefined) return wanted.slice(0, limit);
  const order = permutation(wanted.length, deriveSeed(shuffle, 'benchmark'));
  return Array.from(order.slice(0, limit), (index) => wanted[index]!);
}

/** The folder of the benchmark; a relative path starts from the config. */
export function dataFolder(data: string, baseDirectory: string): string {
  return typedPath(data, baseDirectory);
}
