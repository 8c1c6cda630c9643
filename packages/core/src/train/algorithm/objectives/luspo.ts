import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import { policyObjective } from './parts/policy-objective.ts';
import { clipOptions, policyOptions } from './parts/policy-options.ts';
import { clippedSurrogate } from './parts/surrogate.ts';

/**
 * LUSPO, length-unbiased sequence policy optimization: GSPO with each completion's loss times its length L. So a token of a long
 * completion counts as much as one of a short completion,
 *
 *     1/B Σ_i L_i · −min(s A, clip(s, 1 − clipLow, 1 + clipHigh) A)
 *
 * @example { use: 'luspo' }
 */
export const luspo = definePlugin({
  kind: 'objective',
  name: 'luspo',
  description: 'GSPO with the loss of each completion times its length.',
  options: z.strictObject({
    ...policyOptions({ klWeight: 0, ratio: 'sequence' }),
    ...clipOptions({ low: 3e-4, high: 4e-4 }),
  }),
  create: (settings) =>
    policyObjective({
      settings,
      clip: settings,
      surrogate: clippedSurrogate(settings),
      aggregation: { kind: 'completion-sum' },
    }),
});
