import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import { policyObjective } from './parts/policy-objective.ts';
import { policyOptions } from './parts/policy-options.ts';
import type { Surrogate } from './parts/surrogate.ts';

/**
 * SAPO, soft adaptive policy optimization (arXiv 2511.20347): a sigmoid gate replaces the clip. The gradient fades as the ratio moves
 * away from 1, where a clip would cut it off,
 *
 *     1/B Σ_i 1/L_i Σ_t −A · 4 σ(τ (ρ − 1)) / τ
 *
 * The sign of the advantage selects τ; with a larger τ the gradient fades sooner. At ρ = 1 the gradient is that of GRPO.
 *
 * @example { use: 'sapo', temperatureNegative: 1.05 }
 */
export const sapo = definePlugin({
  kind: 'objective',
  name: 'sapo',
  description: 'A soft gate in place of the clip: gradients fade as the ratio leaves 1.',
  options: z.strictObject({
    ...policyOptions({ klWeight: 0 }),
    temperaturePositive: z.number().positive().default(1).describe('τ for advantages above 0.'),
    temperatureNegative: z.number().positive().default(1.05).describe('τ for other advantages.'),
  }),
  create: ({ temperaturePositive, temperatureNegative, ...settings }) =>
    policyObjective({
      settings,
      surrogate: softGate(temperaturePositive, temperatureNegative),
      aggregation: { kind: 'completion' },
    }),
});

function softGate(positive: number, negative: number): Surrogate {
  return ({ ratio, advantages }) =>
    (token) => {
      const advantage = advantages[token]!;
      const tau = advantage > 0 ? positive : negative;
      const rho = ratio.values[token]!;
      const gate = 1 / (1 + Math.exp(-tau * (rho - 1)));
      return {
        value: (-advantage * 4 * gate) / tau,
        byLogRatio: -advantage * 4 * gate * (1 - gate) * rho,
        byLogProb: 0,
        clipped: false,
      };
    };
}
