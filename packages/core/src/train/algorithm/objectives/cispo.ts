import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import { policyObjective } from './parts/policy-objective.ts';
import { policyOptions } from './parts/policy-options.ts';
import type { Surrogate } from './parts/surrogate.ts';

/**
 * CISPO (MiniMax-M1, arXiv 2506.13585, equation 4): the ratio is a bounded weight, held constant. The gradient goes through log π of
 * every token, so no token is clipped away,
 *
 *     1/ΣL Σ_i Σ_t −stop(min(ρ, ratioBound)) A log π
 *
 * @example { use: 'cispo', ratioBound: 5 }
 */
export const cispo = definePlugin({
  kind: 'objective',
  name: 'cispo',
  description: 'Bounded ratios weigh the log-probabilities; every token keeps its gradient.',
  options: z.strictObject({
    ...policyOptions({ klWeight: 0 }),
    ratioBound: z
      .number()
      .positive()
      .default(5)
      .describe('Greatest ratio itself, not a margin above 1.'),
  }),
  create: ({ ratioBound, ...settings }) =>
    policyObjective({
      settings,
      surrogate: boundedWeight(ratioBound),
      aggregation: { kind: 'token' },
    }),
});

function boundedWeight(bound: number): Surrogate {
  return ({ logProbs, ratio, advantages }) =>
    (token) => {
      const rho = ratio.values[token]!;
      const slope = -Math.min(rho, bound) * advantages[token]!;
      return {
        value: slope * logProbs[token]!,
        byLogRatio: 0,
        byLogProb: slope,
        clipped: rho > bound,
      };
    };
}
