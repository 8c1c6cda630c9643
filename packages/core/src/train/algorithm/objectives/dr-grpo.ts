import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import { policyObjective } from './parts/policy-objective.ts';
import { clipOptions, policyOptions } from './parts/policy-options.ts';
import { clippedSurrogate } from './parts/surrogate.ts';

/**
 * Dr. GRPO (arXiv 2503.20783): the clipped surrogate summed over tokens and divided by a fixed length M, so that a wrong answer is not
 * cheaper for being long,
 *
 *     1/(B · M) Σ_i Σ_t −min(ρ A, clip(ρ, 1 − clipLow, 1 + clipHigh) A)
 *
 * Its advantages are not divided by the deviation: set `advantage: { use: group-normalised, divideByStd: false }` beside it.
 *
 * @example { use: 'dr-grpo', maxCompletionTokens: 1024 }
 */
export const drGrpo = definePlugin({
  kind: 'objective',
  name: 'dr-grpo',
  description: 'GRPO without its biases: token losses are summed and divided by a fixed length.',
  options: z.strictObject({
    ...policyOptions({ klWeight: 0 }),
    ...clipOptions({ low: 0.2, high: 0.2 }),
    maxCompletionTokens: z
      .int('set it to the greatest length of a completion: the sampler’s maxNewTokens')
      .positive()
      .describe('The fixed length M; usually the sampler’s maxNewTokens.'),
  }),
  create: (settings) =>
    policyObjective({
      settings,
      clip: settings,
      surrogate: clippedSurrogate(settings),
      aggregation: { kind: 'constant', tokens: settings.maxCompletionTokens },
    }),
});
