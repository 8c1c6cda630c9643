/**
 * Advantages of GDPO (arXiv 2601.05242, equations 4 to 6): every reward is compared within its group by itself, the results
 * are added by weight, and the sums are brought to the same spread in every step:
 *
 *     z = (r − mean) / (std + ε)      each reward, over the completions of the group that it scored
 *     A = Σ weight × z                over the rewards
 *     A / (std(A) + ε)                std over all completions of the step
 *
 * A completion that every reward abstained from is in neither deviation. Both deviations are unbiased and ε = 1e-4 is added to
 * them, as in the authors' code and in TRL's `normalize_then_sum`. The paper also subtracts the mean of A over the step. Every z sums
 * to 0, so that mean is 0. Leaving it out keeps groups that teach nothing at exactly 0.
 */
import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import type { GroupAdvantages, RewardedGroup } from '../../../spec/index.ts';
import { areEqual, batchDivisor, groupStatistics, scoredOf } from './statistics.ts';

/** How rewards are compared one by one. */
export interface RewardNormalisationOptions {
  /** Added to both standard deviations. */
  readonly epsilon: number;
  /** Whether the sums are divided by their standard deviation over the step. */
  readonly normaliseBatch: boolean;
}

/** A sum below this share of the largest sum of sizes counts as rounding, so that rewards which cancel each other give exactly 0. */
const ROUNDING = 1e-12;

/** The advantages of all groups of a step, and what each reward adds to them. Groups of one get 0. */
export function normaliseRewards(
  groups: readonly RewardedGroup[],
  { epsilon, normaliseBatch }: RewardNormalisationOptions,
): readonly Required<Omit<GroupAdvantages, 'spans'>>[] {
  const estimates = groups.map((group) => weighShares(group, epsilon));
  if (!normaliseBatch) return estimates;
  const divisor = batchDivisor(
    groups,
    estimates.map(({ advantages }) => advantages),
    epsilon,
  );
  return estimates.map(({ advantages, shares }) => ({
    advantages: advantages.map((value) => value / divisor),
    shares: new Map(
      [...shares].map(([name, share]) => [name, share.map((value) => value / divisor)]),
    ),
  }));
}

/** Equations 4 and 5 for one group. */
function weighShares(
  { rewards, contributions }: RewardedGroup,
  epsilon: number,
): Required<Omit<GroupAdvantages, 'spans'>> {
  const shares = new Map(
    [...contributions].map(([name, { values, weight }]) => [
      name,
      normaliseReward(values, epsilon).map((value) => weight * value),
    ]),
  );
  const sums = new Float64Array(rewards.length);
  const sizes = new Float64Array(rewards.length);
  for (const share of shares.values()) {
    for (const [index, value] of share.entries()) {
      sums[index]! += value;
      sizes[index]! += Math.abs(value);
    }
  }
  const rounding = ROUNDING * Math.max(...sizes);
  const advantages = sums.map((sum) => (Math.abs(sum) <= rounding ? 0 : sum));
  return { advantages, shares };
}

/**
 * One reward relative to its group: `(r − mean) / (std + ε)`. A completion that it abstained from (NaN) is left out of mean and
 * deviation and gets 0. Every completion gets 0 when all values are equal or only one completion was scored.
 */
export function normaliseReward(values: Float64Array, epsilon: number): Float64Array {
  const scored = scoredOf(values);
  if (areEqual(scored)) return new Float64Array(values.length);
  const { mean, std } = groupStatistics(scored);
  return values.map((value) => (Number.isNaN(value) ? 0 : (value - mean) / (std + epsilon)));
}

/**
 * Advantages that compare each reward by itself, so that a reward counts by its weight and not by its scale or spread.
 *
 * @example { use: 'reward-normalised', normaliseBatch: false }
 */
export const rewardNormalised = definePlugin({
  kind: 'advantage',
  name: 'reward-normalised',
  description: 'Every reward relative to its group by itself, then added by weight (GDPO).',
  options: z.strictObject({
    epsilon: z.number().positive().default(1e-4),
    normaliseBatch: z
      .boolean()
      .default(true)
      .describe('Divide by the standard deviation over all completions of the step.'),
  }),
  create: (options) => ({ estimate: (groups) => normaliseRewards(groups, options) }),
});
