/**
 * Finds why a group teaches nothing, that is, why its advantages are all 0. The test is on advantages and not on equal sums, because an
 * estimator that compares rewards one by one may learn from a group with equal sums.
 */
import type { GroupScore } from './score-groups.ts';
import type { Contribution, GroupAdvantages, RewardOutcome } from '../spec/index.ts';

/** Why the advantages of a group are all 0. "Every completion" excludes those that all rewards abstained from. */
export type ZeroVarianceReason =
  /** Every completion has the greatest value of the leading reward, which judges answers. */
  | 'all-correct'
  /** Every completion has the least value of the leading reward, though an answer could be read. */
  | 'all-wrong'
  /** The leading reward could read no answer in any completion. */
  | 'all-unparsed'
  /** A reward failed, so the group has no rewards to compare. */
  | 'reward-failed'
  /** The contributions of the rewards differ between completions, but cancel out. */
  | 'rewards-cancel'
  | 'other'
  /** Fewer than two completions have a reward and are in the update, so there is nothing to compare. */
  | 'too-few-scored'
  /** Every completion has the greatest value of the leading reward, which does not judge answers. */
  | 'all-highest'
  /** Every completion has the least value of the leading reward, which does not judge answers. */
  | 'all-lowest';

/** All reasons, in the order of reports. */
export const ZERO_VARIANCE_REASONS: readonly ZeroVarianceReason[] = [
  'all-correct',
  'all-wrong',
  'all-unparsed',
  'reward-failed',
  'rewards-cancel',
  'other',
  'too-few-scored',
  'all-highest',
  'all-lowest',
];

/** Reasons that only some rewards can have; reports name them only when they occur. */
export const OCCASIONAL_REASONS: ReadonlySet<ZeroVarianceReason> = new Set([
  'too-few-scored',
  'all-highest',
  'all-lowest',
]);

/** The first reward of the config, which determines the reasons. */
export interface LeadingReward {
  readonly name: string;
  readonly range: readonly [min: number, max: number];
}

/** Whether a group teaches something: it was compared, and the advantage of a completion, or of a stretch of one, is not 0. */
export function hasSignal(estimate: GroupAdvantages | undefined): boolean {
  if (estimate === undefined) return false;
  const { advantages, spans } = estimate;
  return (
    advantages.some((advantage) => advantage !== 0) ||
    spans?.some((own) => own.some(({ advantage }) => advantage !== 0)) === true
  );
}

/**
 * Why a group teaches nothing; undefined when it teaches something. A reward judges answers when its name is `answer`, or when its part
 * `parsed` tells whether it could read one (0 when it could not).
 *
 * @param estimate Advantages of the group and of its stretches; undefined when it was left out.
 * @param leftOut Completions that the update leaves out; they count as not scored.
 */
export function zeroVarianceReason(
  { group, failures }: GroupScore,
  estimate: GroupAdvantages | undefined,
  leading: LeadingReward | undefined,
  leftOut: readonly boolean[] = [],
): ZeroVarianceReason | undefined {
  if (failures.length > 0) return 'reward-failed';
  if (hasSignal(estimate)) return undefined;
  const isScored = (_: unknown, index: number): boolean =>
    !Number.isNaN(group.rewards[index]) && leftOut[index] !== true;
  const count = group.rewards.filter(isScored).length;
  if (count < 2 && count < group.rewards.length) return 'too-few-scored';
  const varied = [...group.contributions.values()].some((place) => isVaried(place, isScored));
  if (varied) return 'rewards-cancel';
  const outcomes = leading && group.outcomes.get(leading.name)?.filter(isScored);
  if (leading === undefined || outcomes === undefined || outcomes.length === 0) return 'other';
  const judgesAnswers = leading.name === 'answer' || outcomes.some(hasParsedPart);
  if (outcomes.some(isUnparsed) && outcomes.every((one) => isUnparsed(one) || isAbstained(one))) {
    return 'all-unparsed';
  }
  const [min, max] = leading.range;
  if (outcomes.every((outcome) => hasValue(outcome, max))) {
    return judgesAnswers ? 'all-correct' : 'all-highest';
  }
  if (outcomes.every((outcome) => hasValue(outcome, min))) {
    return judgesAnswers ? 'all-wrong' : 'all-lowest';
  }
  return 'other';
}

/** Whether a reward adds different amounts to the completions that it scored. */
function isVaried(
  { values, weight }: Contribution,
  isScored: (value: unknown, index: number) => boolean,
): boolean {
  const given = values.filter((value, index) => isScored(value, index) && !Number.isNaN(value));
  return weight !== 0 && given.some((value) => value !== given[0]);
}

function hasParsedPart(outcome: RewardOutcome): boolean {
  return outcome.status === 'scored' && outcome.parts?.['parsed'] !== undefined;
}

function isUnparsed(outcome: RewardOutcome): boolean {
  return outcome.status === 'scored' && outcome.parts?.['parsed'] === 0;
}

function isAbstained(outcome: RewardOutcome): boolean {
  return outcome.status === 'abstained';
}

function hasValue(outcome: RewardOutcome, value: number): boolean {
  return outcome.status === 'scored' && outcome.value === value;
}
