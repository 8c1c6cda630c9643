/**
 * Groups whose advantages are all 0 teach nothing. They are counted, and the reason is named. Equal sums are not the test: an
 * estimator that compares each reward by itself may learn from a group whose sums are equal.
 */
import { addedBy } from './combine.ts';
import type { GroupScore } from './score-groups.ts';
import type { Contribution, RewardOutcome } from '../spec/index.ts';

/** Why the advantages of a group are all 0. */
export type ZeroVarianceReason =
  /** Every completion has the greatest value of the leading reward. */
  | 'all-correct'
  /** Every completion has the least value of the leading reward, though its answer could be read. */
  | 'all-wrong'
  /** The leading reward could read no answer in any completion. */
  | 'all-unparsed'
  /** A reward failed, so the group has no rewards to compare. */
  | 'reward-failed'
  /** The completions differ in what the rewards add, but the differences cancel each other. */
  | 'rewards-cancel'
  | 'other';

/** All reasons, in the order of reports. */
export const ZERO_VARIANCE_REASONS: readonly ZeroVarianceReason[] = [
  'all-correct',
  'all-wrong',
  'all-unparsed',
  'reward-failed',
  'rewards-cancel',
  'other',
];

/** The reward that says whether an answer is right: the first of the config. */
export interface LeadingReward {
  readonly name: string;
  readonly range: readonly [min: number, max: number];
}

/**
 * The reason why a group teaches nothing; undefined when it does.
 *
 * @param advantages Of the group; undefined when it was left out.
 * A completion counts as unparsed when the leading reward gives it the part `parsed` with value 0, or abstains.
 */
export function zeroVarianceReason(
  { group, failures }: GroupScore,
  advantages: Float64Array | undefined,
  leading: LeadingReward | undefined,
): ZeroVarianceReason | undefined {
  if (failures.length > 0) return 'reward-failed';
  if (advantages?.some((advantage) => advantage !== 0) === true) return undefined;
  const outcomes = leading === undefined ? undefined : group.outcomes.get(leading.name);
  if (leading !== undefined && outcomes !== undefined) {
    const [min, max] = leading.range;
    if (outcomes.every(isUnparsed)) return 'all-unparsed';
    if (outcomes.every((outcome) => hasValue(outcome, max))) return 'all-correct';
    if (outcomes.every((outcome) => hasValue(outcome, min))) return 'all-wrong';
  }
  return [...group.contributions.values()].some(isVaried) ? 'rewards-cancel' : 'other';
}

/** Whether a reward adds more to some completions than to others. */
function isVaried(contribution: Contribution): boolean {
  const added = addedBy(contribution);
  return added.some((value) => value !== added[0]);
}

function isUnparsed(outcome: RewardOutcome): boolean {
  return (
    outcome.status === 'abstained' ||
    (outcome.status === 'scored' && outcome.parts?.['parsed'] === 0)
  );
}

function hasValue(outcome: RewardOutcome, value: number): boolean {
  return outcome.status === 'scored' && outcome.value === value;
}
