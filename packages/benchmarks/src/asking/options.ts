/** The options that all benchmarks read from folders have. */
import { deriveSeed, frameSelection, permutation, typedPath } from '@loci/core';
import type { BenchmarkItem } from '@loci/core';
import { z } from 'zod';
import { PROMPT_STYLES } from './prompts.ts';

const sentence = z.string();

/** Of the folder, of asking, and of which items are asked. */
export const commonOptions = {
  data: z
    .string()
    .min(1)
    .describe('Folder with the files of the benchmark, archives unpacked, or hub:OWNER/NAME'),
  prompt: z
    .enum(PROMPT_STYLES)
    .default('official')
    .describe('How the question is put; scorers look for answer tags in the thinking styles'),
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
    .describe("Sentences in place of ours, the authors' own for instance"),
  tasks: z.array(z.string()).min(1).optional().describe('Ask only items of these tasks'),
  limit: z.int().positive().optional().describe('Ask no more items than this'),
  shuffle: z
    .int()
    .nonnegative()
    .optional()
    .describe('Seed of a random order, for taking only the first so many'),
};

/** The same for benchmarks of videos. */
export const videoOptions = {
  ...commonOptions,
  allowOutside: z
    .boolean()
    .default(false)
    .describe('Show videos that the records name outside of the folder'),
  frames: frameSelection
    .optional()
    .describe('Which frames are shown and how large, in place of the default of the benchmark'),
};

/** What the options say of which items are asked. */
export interface Selection {
  readonly tasks?: readonly string[] | undefined;
  readonly limit?: number | undefined;
  readonly shuffle?: number | undefined;
}

/** The items asked: of the tasks wanted, in a random order where one is wanted, the first so many. */
export function selectItems(
  items: readonly BenchmarkItem[],
  { tasks, limit = items.length, shuffle }: Selection,
): readonly BenchmarkItem[] {
  const wanted = tasks === undefined ? items : items.filter(({ task }) => tasks.includes(task));
  if (shuffle === undefined) return wanted.slice(0, limit);
  const order = permutation(wanted.length, deriveSeed(shuffle, 'benchmark'));
  return Array.from(order.slice(0, limit), (index) => wanted[index]!);
}

/** The folder of the benchmark; relative ones start from the config. */
export function dataFolder(data: string, baseDirectory: string): string {
  return typedPath(data, baseDirectory);
}
