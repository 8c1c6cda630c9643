import { EVALUATION_FRAMES, definePlugin } from '@loci/core';
import { z } from 'zod';
import { folderBenchmark } from '../asking/folder-benchmark.ts';
import { dataFolder, videoOptions } from '../asking/options.ts';
import { askItem, tokensFor } from '../asking/prompts.ts';
import { MAP_CATEGORIES } from './categories.ts';
import { vsiDebiasedFacts, vsiFacts } from './facts.ts';
import { checkVsiFolder, readVsiItems } from './records.ts';
import { vsiScorers } from './scorers.ts';
import { LETTER_TYPES } from './tasks.ts';

/**
 * VSI-Bench (arXiv 2412.14171): indoor space from a walk-through. The subset `debiased` leaves out items that language alone
 * answers.
 *
 * @example { use: 'vsi-bench', data: 'data/VSI-Bench', prompt: 'thinking-map' }
 * @throws LociError `benchmark-layout` when the folder is not as the hub's files unpack.
 */
export const vsiBench = definePlugin({
  kind: 'benchmark',
  name: 'vsi-bench',
  description: 'VSI-Bench: spatial questions about indoor walk-through videos, eight tasks.',
  options: z.strictObject({
    ...videoOptions,
    subset: z.enum(['full', 'debiased']).default('full').describe('All items, or the debiased'),
  }),
  create(
    {
      data,
      prompt: style,
      frames = EVALUATION_FRAMES,
      subset,
      wording,
      allowOutside,
      ...selection
    },
    { baseDirectory },
  ) {
    const folder = dataFolder(data, baseDirectory);
    checkVsiFolder(folder, subset);
    return folderBenchmark({
      name: 'vsi-bench',
      facts: subset === 'full' ? vsiFacts : vsiDebiasedFacts,
      setup: {
        ...(subset === 'debiased' && { variant: subset }),
        prompt: style,
        frames,
        maxNewTokens: tokensFor(style, 'number'),
      },
      read: () => readVsiItems(folder, subset, allowOutside),
      folder,
      selection,
      render: (item) =>
        askItem(item, {
          style,
          form: LETTER_TYPES.has(item.task) ? 'letter' : 'number',
          frames,
          announce: 'You see frames of a video.',
          mapCategories: MAP_CATEGORIES,
          ...(wording && { wording }),
        }),
      scorers: vsiScorers(style),
    });
  },
});
