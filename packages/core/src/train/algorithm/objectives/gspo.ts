import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import { policyObjective } from './parts/policy-objective.ts';
import { clipOptions, policyOptions } from './parts/policy-options.ts';
import { clippedSurrogate } from './parts/surrogate.ts';

/**
 * GSPO (arXiv 2507.18071, equation 5): the ratio is that of the whole completion, s = exp(1/L Σ_t log ρ_t), and so is the clip,
 *
 *     1/B Σ_i −min(s A, clip(s, 1 − clipLow, 1 + clipHigh) A)
 *
 * A mean of log-ratios moves little, so the bounds are the paper's narrow ones. `ratio: sequence-token` is its GSPO-token (equation
 * 13): equal values, and gradients that go through each token alone.
 *
 * @example { use: 'gspo' }
 */
export const gspo = definePlugin({
  kind: 'objective',
  name: 'gspo',
  description: 'The ratio and the clip are those of whole completions.',
  options: z.strictObject({
    ...policyOptions({ klWeight: 0, ratio: 'sequence' }),
    ...clipOptions({ low: 3e-4, high: 4e-4 }),
  }),
  create: (settings) =>
    policyObjective({
      settings,
      clip: settings,
      surrogate: clippedSurrogate(settings),
      aggregation: { kind: 'completion' },
    }),
});
