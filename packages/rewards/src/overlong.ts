import { definePlugin } from '@loci/core';
import type { RewardOutcome } from '@loci/core';
import { z } from 'zod';

/**
 * Takes points off completions that come near the limit of their length (DAPO's soft overlong punishment, arXiv 2503.14476, equation 13): 0 up to
 * `maxTokens − bufferTokens`, then in a straight line down to −1 at `maxTokens`, where a completion is cut. Lengths count the end token.
 * So a completion that was cut is not told apart from a wrong one by a sudden step, but by a slope that leads away from the limit.
 *
 * @example { use: 'overlong', weight: 0.5, options: { maxTokens: 512, bufferTokens: 128 } }
 */
export const overlong = definePlugin({
  kind: 'reward',
  name: 'overlong',
  description: 'Points off for completions near the limit of their length.',
  options: z
    .strictObject({
      maxTokens: z
        .int()
        .positive()
        .default(512)
        .describe('Length at which all is taken off; maxNewTokens of the sampler.'),
      bufferTokens: z
        .int()
        .positive()
        .default(128)
        .describe('Tokens before it over which the loss grows.'),
    })
    .refine(({ maxTokens, bufferTokens }) => bufferTokens <= maxTokens, {
      path: ['bufferTokens'],
      message: 'bufferTokens must not exceed maxTokens',
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
