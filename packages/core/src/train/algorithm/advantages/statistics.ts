/**
 * Functions that all advantage estimators share: mean and deviation, and sums that stay comparable when a reward abstains.
 * A completion without a reward (NaN: every reward abstained) is in no statistic, and its advantage is 0.
 */
import type { Contribution, RewardedGroup } from '../../../spec/index.ts';

/** Mean and deviation of the rewards of a group. */
export interface GroupStatistics {
  readonly mean: number;
  /** Unbiased; NaN for a group of one. */
  readonly std: number;
}

/** Every step rounded to float32, as SpaceR's reference computes, or none. */
export type Precision = 'float32' | 'float64';

/** Mean and unbiased standard deviation of the rewards of one group. */
export function groupStatistics(
  rewards: ArrayLike<number>,
  precision: Precision = 'float64',
): GroupStatistics {
  const round = rounding(precision);
  const values = Array.from(rewards, round);
  const sum = values.reduce((total, value) => round(total + value), 0);
  const exactMean = values.reduce((total, value) => total + value, 0) / values.length;
  const squares = values.reduce((total, value) => total + (value - exactMean) ** 2, 0);
  return { mean: round(sum / values.length), std: round(Math.sqrt(squares / (values.length - 1))) };
}

/** Rounds a number to a precision. */
export function rounding(precision: Precision): (value: number) => number {
  return precision === 'float32' ? Math.fround : (value) => value;
}

/** The rewards of scored completions: leaves out the NaN of those that every reward abstained from. */
export function scoredOf(rewards: Float64Array): Float64Array {
  return rewards.filter((value) => !Number.isNaN(value));
}

/** Whether all values are the same number, so that there is nothing to compare; true for an empty list and for one value. */
export function areEqual(values: Float64Array): boolean {
  return values.every((value) => value === values[0]);
}

/**
 * Distances to the mean of the group, which sum to 0. Exactly 0 where all rewards are equal, and for a completion without one.
 *
 * @example centered(Float64Array.of(1, 3, NaN)) // -1, 1, 0
 */
export function centered(rewards: Float64Array): Float64Array {
  const scored = scoredOf(rewards);
  if (areEqual(scored)) return new Float64Array(rewards.length);
  const { mean } = groupStatistics(scored);
  return rewards.map((value) => (Number.isNaN(value) ? 0 : value - mean));
}

/**
 * The divisor `std + ε` of a whole step: the unbiased deviation over the completions that have a reward. A step with one such
 * completion has no deviation; its advantage is 0 already, and the divisor 1 leaves it.
 *
 * @param values One array a group, in the order of `groups`.
 */
export function batchDivisor(
  groups: readonly RewardedGroup[],
  values: readonly Float64Array[],
  epsilon: number,
): number {
  const scored = values.flatMap((row, group) =>
    [...row].filter((_, index) => !Number.isNaN(groups[group]!.rewards[index])),
  );
  const { std } = groupStatistics(scored);
  return Number.isNaN(std) ? 1 : std + epsilon;
}

/**
 * The sums of a group, made comparable. A reward that scored only some completions counts, for the others, as the mean of its scores. So
 * an abstention moves a completion neither up nor down: the rewards that scored it decide. A reward that abstained from the whole group
 * adds 0 to each sum. A completion that every reward abstained from stays NaN.
 *
 * See docs/decisions/2026-11-29-a-partial-abstention-is-neutral.md.
 */
export function comparableSums({ rewards, contributions }: RewardedGroup): Float64Array {
  const given = [...contributions.values()];
  if (!given.some(isPartial)) return rewards;
  const filled = given.map((contribution) => ({ ...contribution, values: filledIn(contribution) }));
  return rewards.map((sum, index) => {
    const isComplete = given.every(({ values }) => !Number.isNaN(values[index]));
    if (isComplete || Number.isNaN(sum)) return sum;
    // In the order in which `combineOutcomes` adds, so that equal completions have equal sums to the last bit.
    return filled.reduce((total, { values, weight }) => total + weight * values[index]!, 0);
  });
}

function isPartial({ values }: Contribution): boolean {
  const { length } = scoredOf(values);
  return length > 0 && length < values.length;
}

function filledIn({ values }: Contribution): Float64Array {
  const scored = scoredOf(values);
  const neutral =
    scored.length === 0 ? 0 : areEqual(scored) ? scored[0]! : groupStatistics(scored).mean;
  return values.map((value) => (Number.isNaN(value) ? neutral : value));
}
