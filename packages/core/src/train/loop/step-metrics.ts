/**
 * The figures of one step, by slash-separated name. Shares are of groups or completions, 0…1; times are in seconds.
 *
 * | name | what |
 * | --- | --- |
 * | `reward/total`, `reward/std` | weighted sum of the rewards over all completions that a reward scored, and its spread |
 * | `reward/<name>`, `reward/<name>/<part>` | mean value of one reward, and of its parts, over the completions it scored: before clip, gate and weight |
 * | `weighted/<name>` | mean share of a reward in the total: after clip, gate and weight |
 * | `gate/<name>` | share of completions for which the gate of a reward is open; for rewards that have one |
 * | `weight/<name>` | weight at the step, for rewards whose weight follows a schedule |
 * | `advantage/<name>` | mean size of a reward's share in the advantages, when the estimator compares rewards one by one |
 * | `loss/total`, `update/grad-norm`, `update/learning-rate` | of the update; the norm is before clipping; means when a batch makes several updates |
 * | `policy/kl` | k3 estimate against the start model, mean over tokens |
 * | `policy/clip-fraction` | share of tokens whose ratio is clipped; a mean over the updates of the batch |
 * | `policy/clip-fraction/update-<n>` | that of each update, where there are several |
 * | `policy/ratio-mean` | mean ratio to the old log-probabilities, where these are not the current ones |
 * | `policy/correction-mean`, `policy/correction-effective` | weights of the sampler's correction: their mean, and the share of the batch that they leave effective |
 * | `policy/off-policy-masked` | share of completions that off-policy masking leaves out |
 * | `policy/full-entropy` | mean entropy over the whole vocabulary, where the objective weighs it |
 * | `policy/imitation` | cross-entropy of the demonstrations that are mixed in |
 * | `policy/<figure>` | further figures that the objective returns |
 * | `policy/entropy` | mean of −log p over the sampled tokens |
 * | `gap/mean`, `gap/max` | |log p| difference between sampler and trainer |
 * | `completion/tokens`, `completion/truncated` | mean length, share that ran into the limit |
 * | `groups/zero-variance`, `groups/zero-variance/<reason>` | shares of groups that teach nothing; rare reasons are written only when they occur |
 * | `groups/failed`, `prompts/refused` | groups that lost a reward to a failure, and skipped samples |
 * | `groups/replaced`, `groups/sampled`, `drawn/…` | of runs that replace groups: see `dynamic-sampling.ts` |
 * | `dataset/<name>/groups`, `dataset/<name>/reward` | of runs that mix datasets: groups of each, and their mean weighted sum |
 * | `speed/tokens-per-second`, `seconds/<phase>` | tokens for each second of sampling; time that the step spent in a phase |
 * | `seconds/data-wait` | time that the step waited for its prompts; should be near 0 |
 * | `seconds/data-read` | time to read and encode the prompts, mostly while the engine worked on the step before |
 */
import { average } from '../../evaluate/figures/bootstrap.ts';
import { addedBy } from '../../rollout/combine.ts';
import {
  OCCASIONAL_REASONS,
  ZERO_VARIANCE_REASONS,
  zeroVarianceReason,
} from '../../rollout/zero-variance.ts';
import type { LeadingReward } from '../../rollout/zero-variance.ts';
import type { RunReward } from '../../rollout/run-reward.ts';
import type { GroupScore } from '../../rollout/score-groups.ts';
import type { AdvantagedGroup } from '../../spec/index.ts';

type Figures = Readonly<Record<string, number>>;

/** The input of a step's figures. */
export interface StepRecord {
  readonly scores: readonly GroupScore[];
  /** The groups that were trained on, with their advantages. */
  readonly groups: ReadonlyMap<GroupScore, AdvantagedGroup>;
  /** The run's rewards, the leading one first; undefined when nothing was sampled. */
  readonly rewards: readonly RunReward[] | undefined;
  /** By phase. */
  readonly seconds: Figures;
  /** All groups that were sampled, when the step trains on fewer. */
  readonly sampled?: readonly GroupScore[];
}

/** The figures of a step, without those of its update. */
export function stepMetrics({ scores, groups, rewards, seconds, sampled }: StepRecord): Figures {
  const times = Object.entries(seconds).map(([phase, value]) => [`seconds/${phase}`, value]);
  if (rewards === undefined) return Object.fromEntries(times);
  const [leading] = rewards;
  return {
    ...rewardMetrics(scores, rewards),
    ...datasetMetrics(scores),
    ...advantageMetrics([...groups.values()]),
    ...groupMetrics(scores, groups, leading && { name: leading.name, range: leading.reward.range }),
    'groups/failed': (sampled ?? scores).filter(({ failures }) => failures.length > 0).length,
    ...completionMetrics(scores, seconds['sample'] ?? 0, sampled),
    ...Object.fromEntries(times),
  };
}

/** Figures of the rewards, over the groups without failure. */
function rewardMetrics(scores: readonly GroupScore[], rewards: readonly RunReward[]): Figures {
  const kept = scores.filter(({ failures }) => failures.length === 0).map(({ group }) => group);
  const totals = kept.flatMap((group) => [...group.rewards]).filter((sum) => !Number.isNaN(sum));
  if (totals.length === 0) return {};
  const mean = average(totals);
  const spread = Math.sqrt(average(totals.map((total) => (total - mean) ** 2)));
  const figures: Record<string, number> = { 'reward/total': mean, 'reward/std': spread };
  for (const { name, weight } of rewards) {
    const placed = kept.flatMap(({ contributions }) => contributions.get(name) ?? []);
    const gates = placed.flatMap(({ closed }) => closed ?? []);
    if (gates.length > 0) {
      figures[`gate/${name}`] = average(gates.map((reason) => (reason === undefined ? 1 : 0)));
    }
    if (typeof weight !== 'number' && placed[0]) figures[`weight/${name}`] = placed[0].weight;
    const scored = kept
      .flatMap(({ outcomes }) => outcomes.get(name) ?? [])
      .filter((outcome) => outcome.status === 'scored');
    if (scored.length === 0) continue;
    figures[`reward/${name}`] = average(scored.map(({ value }) => value));
    const added = kept.flatMap(({ contributions, rewards: sums }) =>
      [...addedBy(contributions.get(name)!)].filter((_, index) => !Number.isNaN(sums[index])),
    );
    figures[`weighted/${name}`] = average(added);
    for (const part of new Set(scored.flatMap(({ parts }) => Object.keys(parts ?? {})))) {
      figures[`reward/${name}/${part}`] = average(
        scored.flatMap(({ parts }) => parts?.[part] ?? []),
      );
    }
  }
  return figures;
}

/** Figures by dataset, for runs that mix several. The mean covers scored completions of groups without failure. */
function datasetMetrics(scores: readonly GroupScore[]): Figures {
  const names = new Set(scores.flatMap(({ group }) => group.sample.dataset ?? []));
  const figures: Record<string, number> = {};
  for (const name of [...names].sort()) {
    const own = scores.filter(({ group }) => group.sample.dataset === name);
    const sums = own
      .filter(({ failures }) => failures.length === 0)
      .flatMap(({ group }) => [...group.rewards])
      .filter((sum) => !Number.isNaN(sum));
    figures[`dataset/${name}/groups`] = own.length;
    if (sums.length > 0) figures[`dataset/${name}/reward`] = average(sums);
  }
  return figures;
}

/** Mean size of each reward's share in the advantages; none when the estimator gives no shares. */
function advantageMetrics(groups: readonly AdvantagedGroup[]): Figures {
  const sizes = new Map<string, number[]>();
  for (const { shares } of groups) {
    for (const [name, share] of shares ?? []) {
      sizes.set(name, [...(sizes.get(name) ?? []), ...share.map(Math.abs)]);
    }
  }
  return Object.fromEntries(
    [...sizes].map(([name, values]) => [`advantage/${name}`, average(values)]),
  );
}

/** Counts of groups: failed ones, and those that teach nothing, by reason. */
function groupMetrics(
  scores: readonly GroupScore[],
  groups: StepRecord['groups'],
  leading: LeadingReward | undefined,
): Figures {
  const reasons = scores.map((score) =>
    zeroVarianceReason(score, groups.get(score), leading, groups.get(score)?.leftOut),
  );
  const share = (count: number): number => (scores.length === 0 ? 0 : count / scores.length);
  const reasonShares = ZERO_VARIANCE_REASONS.map(
    (reason) => [reason, share(reasons.filter((found) => found === reason).length)] as const,
  );
  return {
    'groups/failed': scores.filter(({ failures }) => failures.length > 0).length,
    'groups/zero-variance': share(reasons.filter((reason) => reason !== undefined).length),
    ...Object.fromEntries(
      reasonShares
        .filter(([reason, found]) => found > 0 || !OCCASIONAL_REASONS.has(reason))
        .map(([reason, found]) => [`groups/zero-variance/${reason}`, found]),
    ),
  };
}

/**
 * Lengths, and the sampled tokens a second; completions under other looks count as sampled.
 *
 * @param sampled All groups that the seconds were spent on.
 */
function completionMetrics(
  scores: readonly GroupScore[],
  sampleSeconds: number,
  sampled: readonly GroupScore[] = scores,
): Figures {
  const rollouts = scores.flatMap(({ group }) => group.rollouts);
  if (rollouts.length === 0) return {};
  const all = sampled.flatMap(({ group }) => [
    ...group.rollouts,
    ...[...(group.looks?.values() ?? [])].flat(),
  ]);
  const tokens = all.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0);
  return {
    'completion/tokens': average(rollouts.map(({ tokenIds }) => tokenIds.length)),
    'completion/truncated': average(
      rollouts.map(({ finishReason }) => (finishReason === 'length' ? 1 : 0)),
    ),
    ...(sampleSeconds > 0 ? { 'speed/tokens-per-second': tokens / sampleSeconds } : {}),
  };
}
