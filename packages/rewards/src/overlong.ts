import { definePlugin } from '@loci/core';
import type { RewardOutcome } from '@loci/core';
import { z } from 'zod';

/**
 * Penalizes completions near the length limit (DAPO's soft overlong punishment, arXiv 2503.14476, equation 13): 0 up to
 * `maxTokens − bufferTokens`, then linearly down to −1 at `maxTokens`, where a completion is cut. Lengths count the end token. The slope
 * leads away from the limit, where a penalty for cut completions alone would be a sudden step.
 *
 * @example { use: 'overlong', weight: 0.5, options: { maxTokens: 512, bufferTokens: 128 } }
 */
export const overlong = definePlugin({
  kind: 'reward',
  name: 'overlong',
  description: 'Penalizes completions near the length limit.',
  options: z
    .strictObject({
      maxTokens: z
        .int()
        .positive()
        .default(512)
        .describe('Length with the full penalty; usually maxNewTokens of the sampler.'),
      bufferTokens: z
        .int()
        .positive()
        .default(128)
        .describe('Tokens before maxTokens over which the penalty grows.'),
    })
    .refine(({ maxTokens, bufferTokens }) => bufferTokens <= maxTokens, {
      path: ['bufferTokens'],
      message: 'bufferTokens must not exceed maxTokens; lower it, or raise maxTokens',
    }),
  create: ({ maxTokens, bufferTokens }) => ({
    range: [-1, 0],
    perCompletion: true,
    parts: [],
    examples: () => ({
      gold: { tokenCount: maxTokens - bufferTokens },
      garbage: [{ tokenCount: maxTokens, finishReason: 'length' }],
    }),
    score: ({ completions }) =>
      completions.map(({ tokenCount }): RewardOutcome => {
        const over = tokenCount - (maxTokens - bufferTokens);
        if (over <= 0) return { status: 'scored', value: 0 };
        const value = -Math.min(1, over / bufferTokens);
        return { status: 'scored', value, reason: `${tokenCount} tokens of ${maxTokens}` };
      }),
  }),
});
