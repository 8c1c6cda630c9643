import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import { policyObjective } from './parts/policy-objective.ts';
import { policyOptions } from './parts/policy-options.ts';
import type { Surrogate, SurrogateInput } from './parts/surrogate.ts';

/** Bounds of log-weights, as in the reference. */
const [LEAST, GREATEST] = [Math.log(1e-8), 20] as const;

/**
 * VESPO, variational sequence-level soft policy optimization: φ weighs log π of each token. It is a function of the importance weight w
 * of the whole completion and is held constant,
 *
 *     1/ΣL Σ_i Σ_t −φ A log π    with φ = w^k · exp(λ (1 − w)) and w = Π_t ρ_t · c_t
 *
 * φ is 1 at w = 1 and falls to 0 where the policy has made a completion much less or much more likely. The sign of the advantage selects
 * k and λ (0 counts as positive). The sampler's correction c is inside w and is not applied again.
 *
 * @example { use: 'vespo' }
 */
export const vespo = definePlugin({
  kind: 'objective',
  name: 'vespo',
  description: 'Completions are weighed softly by their importance weight, without a clip.',
  options: z
    .strictObject({
      ...policyOptions({ klWeight: 0 }),
      powerPositive: z
        .number()
        .nonnegative()
        .default(2)
        .describe('k for advantages of 0 and above.'),
      decayPositive: z.number().nonnegative().default(3).describe('λ for the same.'),
      powerNegative: z.number().nonnegative().default(3).describe('k for negative advantages.'),
      decayNegative: z.number().nonnegative().default(2).describe('λ for the same.'),
    })
    .refine(({ correction }) => correction === undefined || correction.mode.startsWith('token'), {
      path: ['correction', 'mode'],
      message: 'VESPO multiplies the weights of tokens; set token-truncate or token-mask',
    }),
  create: ({ powerPositive, decayPositive, powerNegative, decayNegative, ...settings }) =>
    policyObjective({
      settings,
      absorbsCorrection: true,
      surrogate: softWeight([powerPositive, decayPositive], [powerNegative, decayNegative]),
      aggregation: { kind: 'token' },
    }),
});

type Shape = readonly [power: number, decay: number];

function softWeight(positive: Shape, negative: Shape): Surrogate {
  return (completion) => {
    const { logProbs, advantage } = completion;
    const [power, decay] = advantage >= 0 ? positive : negative;
    const logWeight = logWeightOf(completion);
    const phi = Math.exp(decay + power * logWeight - decay * Math.exp(logWeight));
    const weight = Number.isFinite(phi) ? phi : 0;
    return (token) => {
      const slope = -weight * completion.advantages[token]!;
      return { value: slope * logProbs[token]!, byLogRatio: 0, byLogProb: slope, clipped: false };
    };
  };
}

/** log w of a completion. */
function logWeightOf({ logProbs, old, mask, correction }: SurrogateInput): number {
  let sum = 0;
  for (let token = 0; token < logProbs.length; token++) {
    if (mask[token] === 0) continue;
    sum += held(logProbs[token]! - old[token]!, -GREATEST);
    if (correction !== undefined) sum += held(Math.log(correction[token]!), LEAST);
  }
  return held(sum, LEAST);
}

function held(value: number, least: number): number {
  return Math.min(Math.max(value, least), GREATEST);
}
