import { definePlugin } from '@loci/core';
import type { RewardOutcome } from '@loci/core';
import { z } from 'zod';
import { ACCURACY_REWARDS, accuraciesOf } from './accuracy.ts';
import { compatOption } from './compat-option.ts';

/**
 * A bonus for good completions whose length is within bounds (SpaceR's length control). A completion is good when its accuracy is above the
 * threshold. A group with fewer than two good completions gets no bonus. Lengths count the end token. The rule is the same under `compat`.
 *
 * @example { use: 'length', options: { minTokens: 40, maxTokens: 90 } }
 */
export const length = definePlugin({
  kind: 'reward',
  name: 'length',
  description: 'A bonus for good completions of a length within bounds.',
  options: z
    .strictObject({
      compat: compatOption,
      minTokens: z.int().nonnegative().default(320),
      maxTokens: z.int().positive().default(512),
      bonus: z.number().nonnegative().default(0.2),
      goodAbove: z.number().default(0.1).describe('Accuracy above which a completion is good.'),
    })
    .refine(({ minTokens, maxTokens }) => minTokens <= maxTokens, {
      path: ['minTokens'],
      message: 'minTokens must not exceed maxTokens; lower it, or raise maxTokens',
    }),
  create: ({ minTokens, maxTokens, bonus, goodAbove }) => ({
    range: [0, bonus],
    parts: [],
    after: ACCURACY_REWARDS,
    examples: () => ({ gold: { tokenCount: minTokens } }),
    score: (input) => {
      const accuracies = accuraciesOf(input);
      const isGood = accuracies.map((accuracy) => accuracy !== undefined && accuracy > goodAbove);
      const enough = isGood.filter(Boolean).length > 1;
      return input.completions.map(({ tokenCount }, index): RewardOutcome => {
        if (accuracies[index] === undefined) {
          return { status: 'abstained', reason: 'the accuracy is not known' };
        }
        if (!enough) return zero('fewer than two good completions');
        if (!isGood[index]) return zero('not a good completion');
        const fits = tokenCount >= minTokens && tokenCount <= maxTokens;
        return fits ? { status: 'scored', value: bonus } : zero(`${tokenCount} tokens`);
      });
    },
  }),
});

function zero(reason: string): RewardOutcome {
  return { status: 'scored', value: 0, reason };
}
