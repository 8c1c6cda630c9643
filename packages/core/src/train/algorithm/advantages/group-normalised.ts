/**
 * Advantages of GRPO (arXiv 2402.03300, section 4.1): how much better than its group a completion is,
 * `(r − mean) / (std + ε)` with the unbiased standard deviation.
 */
import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import { areEqual, comparableSums, groupStatistics, rounding, scoredOf } from './statistics.ts';
import type { Precision } from './statistics.ts';

/** How a group is normalized. */
export interface NormalisationOptions {
  /** Dr. GRPO (arXiv 2503.20783) leaves the division out. */
  readonly divideByStd: boolean;
  /** Added to the standard deviation. */
  readonly epsilon: number;
  readonly precision: Precision;
  /** What a group of one gets: 0, or NaN as in the reference. */
  readonly singleton: 'zero' | 'nan';
}

/**
 * The advantages of one group. Equal rewards give 0. Mean and deviation leave out a completion without a reward (NaN: every reward
 * abstained), and its advantage is 0.
 */
export function normaliseGroup(
  rewards: ArrayLike<number>,
  { divideByStd, epsilon, precision, singleton }: NormalisationOptions,
): Float64Array {
  if (rewards.length === 1) return Float64Array.of(singleton === 'zero' ? 0 : NaN);
  const round = rounding(precision);
  const values = Float64Array.from(rewards, round);
  const scored = scoredOf(values);
  if (areEqual(scored)) return values.fill(0);
  const { mean, std } = groupStatistics(scored, precision);
  const divisor = divideByStd ? round(std + epsilon) : 1;
  return values.map((value) => (Number.isNaN(value) ? 0 : round(round(value - mean) / divisor)));
}

/**
 * Advantages relative to the group, from the weighted sums: rewards are added first and compared then. A group of one has
 * nothing to compare with and gets 0; with `compat: 'spacer'` it gets NaN, as in the reference, and the run stops.
 *
 * @example { use: 'group-normalised', divideByStd: false }
 */
export const groupNormalised = definePlugin({
  kind: 'advantage',
  name: 'group-normalised',
  description: 'Rewards relative to the mean of their group, divided by its standard deviation.',
  options: z.strictObject({
    compat: z.literal('spacer').optional(),
    divideByStd: z.boolean().default(true),
    epsilon: z.number().positive().default(1e-4),
    precision: z.enum(['float32', 'float64']).default('float64'),
  }),
  create: ({ compat, ...options }) => {
    const singleton = compat === 'spacer' ? 'nan' : 'zero';
    return {
      estimate: (groups) =>
        groups.map((group) => ({
          // The reference adds a 0 where a reward is missing.
          advantages: normaliseGroup(compat === 'spacer' ? group.rewards : comparableSums(group), {
            ...options,
            singleton,
          }),
        })),
    };
  },
});
