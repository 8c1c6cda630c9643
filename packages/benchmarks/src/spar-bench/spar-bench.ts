import { join } from 'node:path';
import { definePlugin } from '@loci/core';
import type { BenchmarkItem } from '@loci/core';
import { z } from 'zod';
import { folderBenchmark } from '../asking/folder-benchmark.ts';
import { commonOptions, dataFolder } from '../asking/options.ts';
import { askItem, tokensFor } from '../asking/prompts.ts';
import { sparFacts } from './facts.ts';
import { checkSparFolder, readSparItems } from './records.ts';
import { sparScorers } from './scorers.ts';
import { answerOf } from './tasks.ts';

const BOXES =
  'Box coordinates run from 0 to 1000 over each image, counted from its top left corner.';
const ACTIONS =
  'Write actions as name and amount, metres or degrees, with commas and no blanks between: move_right:0.5,rotate_left:10. ' +
  'Names are move_ or rotate_ with right, left, up, down, and move_forward, move_backward.';

/** Facts that the question of a task needs. */
const REMARKS: Readonly<Record<string, readonly string[]>> = {
  position_matching: [BOXES],
  camera_motion_infer: [BOXES],
  view_change_infer: [ACTIONS],
};

/**
 * SPAR-Bench: spatial perception to imagination, on one image and on several, shown as separate images at the size that the
 * model's own settings allow.
 *
 * @example { use: 'spar-bench', data: 'data/SPAR-Bench' }
 * @throws LociError `benchmark-layout` when the folder is not as the hub has it.
 */
export const sparBench = definePlugin({
  kind: 'benchmark',
  name: 'spar-bench',
  description: 'SPAR-Bench: twenty spatial tasks on one image and on several.',
  options: z.strictObject({
    ...commonOptions,
    images: z
      .string()
      .min(1)
      .optional()
      .describe('Folder to which the images are unpacked (default: .images in the data folder)'),
  }),
  create({ data, prompt: style, images, wording, ...selection }, { baseDirectory }) {
    const folder = dataFolder(data, baseDirectory);
    checkSparFolder(folder);
    const imageFolder =
      images === undefined ? join(folder, '.images') : dataFolder(images, baseDirectory);
    const formOf = ({ task }: BenchmarkItem) => answerOf(task) ?? 'letter';
    return folderBenchmark({
      name: 'spar-bench',
      facts: sparFacts,
      setup: { prompt: style, maxNewTokens: tokensFor(style, 'actions') },
      read: () => readSparItems(folder, imageFolder),
      selection,
      render: (item) =>
        askItem(item, {
          style,
          form: formOf(item),
          // The options are part of the question.
          question: item.question,
          remarks: REMARKS[item.task] ?? [],
          ...(wording && { wording }),
        }),
      scorers: sparScorers(style),
    });
  },
});
