/**
 * Groups whose rewards are all equal teach nothing: their advantages are 0. They are counted, and the reason is named.
 */
import type { GroupScore } from './score-groups.ts';
import type { RewardOutcome } from '../spec/index.ts';

/** Why the rewards of a group are all equal. */
export type ZeroVarianceReason =
  /** Every completion has the greatest value of the leading reward. */
  | 'all-correct'
  /** Every completion has the least value of the leading reward, though its answer could be read. */
  | 'all-wrong'
  /** The leading reward could read no answer in any completion. */
  | 'all-unparsed'
  /** A reward failed, so the group has no rewards to compare. */
  | 'reward-failed'
  | 'other';

/** All reasons, in the order of reports. */
export const ZERO_VARIANCE_REASONS: readonly ZeroVarianceReason[] = [
  'all-correct',
  'all-wrong',
  'all-unparsed',
  'reward-failed',
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
 * A completion counts as unparsed when the leading reward gives it the part `parsed` with value 0, or abstains.
 */
export function zeroVarianceReason(
  { group, failures }: GroupScore,
  leading: LeadingReward | undefined,
): ZeroVarianceReason | undefined {
  if (failures.length > 0) return 'reward-failed';
  const [first] = group.rewards;
  if (group.rewards.some((reward) => reward !== first)) return undefined;
  const outcomes = leading === undefined ? undefined : group.outcomes.get(leading.name);
  if (leading === undefined || outcomes === undefined) return 'other';
  const [min, max] = leading.range;
  if (outcomes.every(isUnparsed)) return 'all-unparsed';
  if (outcomes.every((outcome) => hasValue(outcome, max))) return 'all-correct';
  if (outcomes.every((outcome) => hasValue(outcome, min))) return 'all-wrong';
  return 'other';
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
