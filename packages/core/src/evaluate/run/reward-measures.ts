/** Scores the answers of an evaluation with the run's rewards, beside the scorers of its benchmark. */
import { needsLooks } from '../../rollout/looks.ts';
import type { RunReward } from '../../rollout/run-reward.ts';
import { scoreGroups } from '../../rollout/score-groups.ts';
import type { Rollout, RolloutGroup } from '../../spec/index.ts';

/** Measures of one answer, `reward` and `reward/<name>`. */
export type RewardMeasures = Readonly<Record<string, number>>;

/**
 * The rewards of each completion. Their sum uses the final weights of schedules, so that reports of different steps are comparable. Rewards
 * that compare with other looks are left out. An answer has no measures when a reward of its group failed.
 */
export async function rewardMeasures(
  groups: readonly RolloutGroup[],
  rewards: readonly RunReward[],
): Promise<ReadonlyMap<Rollout, RewardMeasures>> {
  const applicable = rewards.filter(({ reward }) => !needsLooks(reward));
  if (applicable.length === 0 || groups.length === 0) return new Map();
  const scored = await scoreGroups(groups, applicable);
  const measured = new Map<Rollout, RewardMeasures>();
  for (const [index, { group, failures }] of scored.entries()) {
    for (const [sample, rollout] of groups[index]!.rollouts.entries()) {
      const measures: Record<string, number> = {};
      const sum = group.rewards[sample] ?? 0;
      if (failures.length === 0 && !Number.isNaN(sum)) measures['reward'] = sum;
      for (const [name, outcomes] of failures.length === 0 ? group.outcomes : []) {
        const outcome = outcomes[sample];
        if (outcome?.status === 'scored') measures[`reward/${name}`] = outcome.value;
      }
      measured.set(rollout, measures);
    }
  }
  return measured;
}
