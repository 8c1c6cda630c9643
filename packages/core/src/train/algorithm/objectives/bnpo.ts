import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import { policyObjective } from './parts/policy-objective.ts';
import { clipOptions, policyOptions } from './parts/policy-options.ts';
import { clippedSurrogate } from './parts/surrogate.ts';

/**
 * BNPO as TRL names it: the clipped surrogate as a mean over all tokens of the batch,
 *
 *     1/ΣL Σ_i Σ_t [ −min(ρ A, clip(ρ, 1 − clipLow, 1 + clipHigh) A) + β KL ]
 *
 * TRL's batch is a device's micro-batch. Here it is the whole batch of the update, so `accumulation` does not change the loss. The
 * beta-normalized advantages of arXiv 2506.02864 have the same name and are unrelated.
 *
 * @example { use: 'bnpo' }
 */
export const bnpo = definePlugin({
  kind: 'objective',
  name: 'bnpo',
  description: 'The clipped surrogate as a mean over all tokens of the batch.',
  options: z.strictObject({
    ...policyOptions({ klWeight: 0 }),
    ...clipOptions({ low: 0.2, high: 0.2 }),
  }),
  create: (settings) =>
    policyObjective({
      settings,
      clip: settings,
      surrogate: clippedSurrogate(settings),
      aggregation: { kind: 'token' },
    }),
});
