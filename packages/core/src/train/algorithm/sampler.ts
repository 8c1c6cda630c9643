import { z } from 'zod';
import { definePlugin } from '../../plugin/define-plugin.ts';

/**
 * How completions are drawn; the defaults are SpaceR's, but for the length. The loss uses the unfiltered probabilities
 * whatever the filters are.
 */
export const sampler = definePlugin({
  kind: 'sampler',
  name: 'sampler',
  description: 'Temperature, nucleus and top-k sampling of a group of completions per prompt.',
  options: z.strictObject({
    completionsPerPrompt: z.int().min(1).default(8).describe('The group size G.'),
    temperature: z.number().nonnegative().default(1).describe('0 is greedy.'),
    topP: z.number().gt(0).max(1).default(0.95),
    topK: z.int().nonnegative().default(50).describe('0 keeps all tokens.'),
    repetitionPenalty: z.number().positive().default(1),
    maxNewTokens: z.int().positive().default(128),
    chunkTokens: z.int().positive().optional().describe('Tokens between two chunks of the stream.'),
  }),
  create: ({ completionsPerPrompt, chunkTokens, ...parameters }) => ({
    completionsPerPrompt,
    parameters: { ...parameters, ...(chunkTokens !== undefined && { chunkTokens }) },
  }),
});
