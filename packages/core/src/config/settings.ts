/**
 * Sections of the config that hold numbers and name no plugin: the sampler and the optimizer. Every key is required, as in the whole config;
 * the defaults are in `defaults.ts`.
 */
import { z } from 'zod';
import type { Optimizer, Sampler } from '../spec/index.ts';

/** zod schema of `sampler`. The loss always uses the unfiltered probabilities. */
export const samplerSchema = z.strictObject({
  completionsPerPrompt: z.int().min(1).describe('the group size G'),
  temperature: z.number().nonnegative().describe('0 is greedy'),
  topP: z.number().gt(0).max(1).describe('1 keeps all tokens'),
  topK: z.int().nonnegative().describe('0 keeps all tokens'),
  repetitionPenalty: z.number().positive().describe('1 changes nothing'),
  maxNewTokens: z.int().positive().describe('longest completion'),
  chunkTokens: z.int().positive().optional().describe('tokens between two chunks of the stream'),
});

/** zod schema of `optimizer`: AdamW (arXiv 1711.05101), decoupled weight decay, gradients clipped by their global norm. */
export const optimizerSchema = z.strictObject({
  learningRate: z.number().positive().describe('multiplied by the schedule'),
  beta1: z.number().min(0).lt(1),
  beta2: z.number().min(0).lt(1),
  epsilon: z.number().positive(),
  weightDecay: z.number().nonnegative(),
  maxGradNorm: z.number().nonnegative().describe('0 switches clipping off'),
});

/** The sampler that the `sampler` section of a config describes. */
export function samplerOf(settings: z.output<typeof samplerSchema>): Sampler {
  const { completionsPerPrompt, chunkTokens, ...parameters } = settings;
  return {
    completionsPerPrompt,
    parameters: { ...parameters, ...(chunkTokens !== undefined && { chunkTokens }) },
  };
}

/** The optimizer that the `optimizer` section of a config describes. */
export function optimizerOf(settings: z.output<typeof optimizerSchema>): Optimizer {
  return { parameters: settings };
}
