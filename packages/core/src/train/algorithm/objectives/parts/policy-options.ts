/** Options that all policy objectives share, so that any of them combines with any divergence, correction and bonus. */
import { z } from 'zod';
import { correctionOptions } from './correction.ts';
import type { KlEstimator } from './kl.ts';
import type { RatioLevel } from './ratio.ts';

/** The shared settings of a policy objective. */
export interface PolicySettings {
  readonly klWeight: number;
  readonly klClamp: number;
  readonly klEstimator: KlEstimator;
  readonly klIn: 'loss' | 'reward';
  readonly klBiasCorrection: boolean;
  readonly ratio: RatioLevel;
  readonly old: 'current' | 'sampler';
  readonly correction?: z.output<typeof correctionOptions> | undefined;
  readonly offPolicyThreshold?: number | undefined;
  readonly entropyWeight: number;
  readonly demonstrationWeight: number;
}

/** Where an objective departs from the shared defaults. */
interface PolicyDefaults {
  /** β. */
  readonly klWeight: number;
  readonly ratio?: RatioLevel;
}

/**
 * The zod fields of `PolicySettings`.
 *
 * @example z.strictObject({ ...policyOptions({ klWeight: 0 }), ...clipOptions({ low: 0.2, high: 0.28 }) })
 */
export function policyOptions({ klWeight, ratio = 'token' }: PolicyDefaults) {
  return {
    klWeight: z.number().nonnegative().default(klWeight).describe('β, the weight of the KL term.'),
    klClamp: z.number().positive().default(10).describe('Bound of the log-ratio in the KL term.'),
    klEstimator: z.enum(['k1', 'k2', 'k3']).default('k3').describe('Estimate of the KL term.'),
    klIn: z
      .enum(['loss', 'reward'])
      .default('loss')
      .describe('Adds the KL to the loss of each token, or subtracts it from the reward.'),
    klBiasCorrection: z
      .boolean()
      .default(false)
      .describe(
        'Multiplies the KL in the loss by the ratio, so that it stays unbiased off-policy.',
      ),
    ratio: z
      .enum(['token', 'sequence', 'sequence-token'])
      .default(ratio)
      .describe('Importance ratio of each token, or of the whole completion (GSPO).'),
    old: z
      .enum(['current', 'sampler'])
      .default('current')
      .describe(
        'Denominator of the ratio: log-probabilities at the start of the batch, or the sampler’s.',
      ),
    correction: correctionOptions
      .optional()
      .describe('Corrects the gap between sampler and trainer by importance weights.'),
    offPolicyThreshold: z
      .number()
      .optional()
      .describe(
        'Leaves out completions with a negative advantage whose mean log-ratio to the policy exceeds this.',
      ),
    entropyWeight: z
      .number()
      .default(0)
      .describe(
        'Weight of the mean entropy: above 0 a bonus that keeps exploring, below 0 a cost that sharpens.',
      ),
    demonstrationWeight: z
      .number()
      .nonnegative()
      .default(0)
      .describe('Weight of imitating the demonstrations of the same prompts; 0 uses none.'),
  };
}

/** The zod fields of the bounds of `clippedSurrogate`. */
export function clipOptions({ low, high }: { readonly low: number; readonly high: number }) {
  return {
    clipLow: z.number().min(0).max(1).default(low).describe('Clips the ratio below 1 − clipLow.'),
    clipHigh: z
      .number()
      .nonnegative()
      .default(high)
      .describe('Clips the ratio above 1 + clipHigh; greater than clipLow: clip-higher (DAPO).'),
    delta: z
      .number()
      .positive()
      .optional()
      .describe('Two-sided clipping: bound of the ratio where the advantage is negative.'),
  };
}
