import type { CompletionTokens, RewardPenalty, ScoredGroup } from '../../spec/index.ts';

/**
 * Subtracts a penalty from the rewards of a group and stores it among the contributions, where estimators that compare rewards one by
 * one find it. A completion without a reward (NaN) stays without one.
 *
 * @param completions Of the group, in order.
 */
export function chargePenalty<Group extends ScoredGroup>(
  group: Group,
  penalty: RewardPenalty,
  completions: readonly CompletionTokens[],
): Group {
  const values = group.rewards.map((reward, index) =>
    Number.isNaN(reward) ? Number.NaN : penalty.value(completions[index]!),
  );
  const contribution = { values, weight: penalty.weight };
  return {
    ...group,
    rewards: group.rewards.map((reward, index) => reward + penalty.weight * values[index]!),
    contributions: new Map(group.contributions).set(penalty.name, contribution),
  };
}
