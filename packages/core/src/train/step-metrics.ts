/**
 * The figures of one step, by slash-separated name. Shares are of groups or completions, 0…1; times are in seconds.
 *
 * | name | what |
 * | --- | --- |
 * | `reward/total`, `reward/std` | weighted sum of the rewards over all completions, and its spread |
 * | `reward/<name>`, `reward/<name>/<part>` | mean of one reward, unweighted, and of its parts, where it was scored |
 * | `weighted/<name>` | what a reward adds to the total on average |
 * | `loss/total`, `update/grad-norm`, `update/learning-rate` | of the update; the norm before clipping |
 * | `policy/kl` | k3 estimate against the start model, mean over tokens |
 * | `policy/clip-fraction` | share of tokens whose ratio is clipped |
 * | `policy/entropy` | mean of −log p over the sampled tokens |
 * | `gap/mean`, `gap/max` | |log p| difference between sampler and trainer |
 * | `completion/tokens`, `completion/truncated` | mean length, share that ran into the limit |
 * | `groups/zero-variance`, `groups/zero-variance/<reason>` | shares of groups that teach nothing |
 * | `groups/failed`, `prompts/refused` | counts |
 * | `speed/tokens-per-second`, `seconds/<phase>` | sampled tokens a second of sampling |
 */
import { average } from '../evaluate/bootstrap.ts';
import { ZERO_VARIANCE_REASONS, zeroVarianceReason } from '../rollout/zero-variance.ts';
import type { LeadingReward } from '../rollout/zero-variance.ts';
import { weightAt } from '../rollout/run-reward.ts';
import type { RunReward } from '../rollout/run-reward.ts';
import type { GroupScore } from '../rollout/score-groups.ts';

type Figures = Readonly<Record<string, number>>;

/**
 * The figures of a step apart from those of its update.
 *
 * @param rewards The run's rewards, the leading one first; absent when nothing was sampled.
 * @param seconds By phase.
 */
export function stepMetrics(
  scores: readonly GroupScore[],
  rewards: readonly RunReward[] | undefined,
  seconds: Figures,
): Figures {
  const times = Object.entries(seconds).map(([phase, value]) => [`seconds/${phase}`, value]);
  if (rewards === undefined) return Object.fromEntries(times);
  const [leading] = rewards;
  return {
    ...rewardMetrics(scores, rewards),
    ...groupMetrics(scores, leading && { name: leading.name, range: leading.reward.range }),
    ...completionMetrics(scores, seconds['sample'] ?? 0),
    ...Object.fromEntries(times),
  };
}

/** Figures of the rewards and of the completions, over the groups without failure. */
export function rewardMetrics(
  scores: readonly GroupScore[],
  rewards: readonly RunReward[],
): Figures {
  const kept = scores.filter(({ failures }) => failures.length === 0).map(({ group }) => group);
  const totals = kept.flatMap((group) => [...group.rewards]);
  if (totals.length === 0) return {};
  const mean = average(totals);
  const spread = Math.sqrt(average(totals.map((total) => (total - mean) ** 2)));
  const figures: Record<string, number> = { 'reward/total': mean, 'reward/std': spread };
  for (const { name, weight } of rewards) {
    const scored = kept
      .flatMap(({ outcomes }) => outcomes.get(name) ?? [])
      .filter((outcome) => outcome.status === 'scored');
    if (scored.length === 0) continue;
    const values = scored.map(({ value }) => value);
    figures[`reward/${name}`] = average(values);
    figures[`weighted/${name}`] =
      (weightAt(weight, Infinity) * values.reduce((a, b) => a + b, 0)) / totals.length;
    for (const part of new Set(scored.flatMap(({ parts }) => Object.keys(parts ?? {})))) {
      figures[`reward/${name}/${part}`] = average(
        scored.flatMap(({ parts }) => parts?.[part] ?? []),
      );
    }
  }
  return figures;
}

/** Counts of groups: failed ones, and those that teach nothing, by reason. */
export function groupMetrics(
  scores: readonly GroupScore[],
  leading: LeadingReward | undefined,
): Figures {
  const reasons = scores.map((score) => zeroVarianceReason(score, leading));
  const share = (count: number): number => (scores.length === 0 ? 0 : count / scores.length);
  return {
    'groups/failed': scores.filter(({ failures }) => failures.length > 0).length,
    'groups/zero-variance': share(reasons.filter((reason) => reason !== undefined).length),
    ...Object.fromEntries(
      ZERO_VARIANCE_REASONS.map((reason) => [
        `groups/zero-variance/${reason}`,
        share(reasons.filter((found) => found === reason).length),
      ]),
    ),
  };
}

/** Lengths, and the sampled tokens a second; completions from shuffled frames count as sampled. */
export function completionMetrics(scores: readonly GroupScore[], sampleSeconds: number): Figures {
  const rollouts = scores.flatMap(({ group }) => group.rollouts);
  if (rollouts.length === 0) return {};
  const all = [...rollouts, ...scores.flatMap(({ group }) => group.shuffled ?? [])];
  const tokens = all.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0);
  return {
    'completion/tokens': average(rollouts.map(({ tokenIds }) => tokenIds.length)),
    'completion/truncated': average(
      rollouts.map(({ finishReason }) => (finishReason === 'length' ? 1 : 0)),
    ),
    ...(sampleSeconds > 0 ? { 'speed/tokens-per-second': tokens / sampleSeconds } : {}),
  };
}
