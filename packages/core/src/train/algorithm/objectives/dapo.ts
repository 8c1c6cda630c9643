import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import { policyObjective } from './parts/policy-objective.ts';
import { clipOptions, policyOptions } from './parts/policy-options.ts';
import { clippedSurrogate } from './parts/surrogate.ts';

/**
 * DAPO (arXiv 2503.14476, equation 8): a mean over all tokens of the batch, so that long completions weigh more, and a wider bound
 * above (clip-higher), so that unlikely tokens can rise,
 *
 *     1/ΣL Σ_i Σ_t −min(ρ A, clip(ρ, 1 − 0.2, 1 + 0.28) A)
 *
 * It has no KL term. The paper's dynamic sampling and overlong shaping are settings of the run and of a reward.
 *
 * @example { use: 'dapo' }
 */
export const dapo = definePlugin({
  kind: 'objective',
  name: 'dapo',
  description: 'Token mean over the batch with clip-higher and without a KL term.',
  options: z.strictObject({
    ...policyOptions({ klWeight: 0 }),
    ...clipOptions({ low: 0.2, high: 0.28 }),
  }),
  create: (settings) =>
    policyObjective({
      settings,
      clip: settings,
      surrogate: clippedSurrogate(settings),
      aggregation: { kind: 'token' },
    }),
});
