/**
 * Tries the rewards of a run on samples of its dataset, rule by rule, with real outcomes of the rewards that come before.
 *
 * A reward with `compat` reproduces the mistakes of a reference on purpose: a breach of `gold` or `garbage` that the same
 * reward without `compat` does not have is a quirk, named and not held against it.
 */
import { messageOf } from '../errors/loci-error.ts';
import { taskOfSample } from '../evaluate/items/items.ts';
import { orderRewards } from '../rollout/reward-order.ts';
import type { RunReward } from '../rollout/run-reward.ts';
import type { Reward, Sample } from '../spec/index.ts';
import { EarlierOutcomes } from './earlier-outcomes.ts';
import { REWARD_CHECKS } from './reward-checks.ts';
import { RewardTally } from './reward-tally.ts';
import type { FoundBreach, RewardReport } from './reward-tally.ts';
import type { Breach } from './rules.ts';
import { RewardTrial } from './trial.ts';
import { trialGroup } from './trial-group.ts';

/** The rewards to try, and the samples to try them on. */
export interface ValidationRequest {
  readonly rewards: readonly RunReward[];
  /** The same rewards once more, made anew. */
  readonly fresh: readonly RunReward[];
  /** The same rewards without `compat`; absent when none has it. */
  readonly corrected?: readonly RunReward[];
  readonly samples: readonly Sample[];
  /** Called before each reward is tried on each sample. */
  onProgress?(done: number, total: number, reward: string): void;
}

/**
 * One report a reward, in the order of `rewards`. A reward that hung is not tried again; one whose sample an earlier reward
 * failed on is not tried on that sample.
 *
 * @throws LociError `reward-cycle` when rewards wait for each other; nothing that a reward does throws.
 */
export async function validateRewards(
  request: ValidationRequest,
): Promise<readonly RewardReport[]> {
  const { rewards, samples, onProgress } = request;
  const ordered = orderRewards(rewards);
  const tallies = new Map(ordered.map((entry) => [entry.name, new RewardTally(entry)]));
  const seenKinds = new Set<string>();
  for (const [index, sample] of samples.entries()) {
    const isFirst = !seenKinds.has(taskOfSample(sample));
    seenKinds.add(taskOfSample(sample));
    const hasHung = (name: string): boolean => tallies.get(name)?.hung ?? false;
    const earlier = earlierOf(sample, rewards, hasHung);
    for (const [place, entry] of ordered.entries()) {
      onProgress?.(index * ordered.length + place, samples.length * ordered.length, entry.name);
      const tally = tallies.get(entry.name)!;
      if (tally.hung) continue;
      await tryOnSample(entry, { request, sample, isFirst, earlier, tally });
    }
  }
  return rewards.map(({ name }) => tallies.get(name)!.report());
}

interface Place {
  readonly request: ValidationRequest;
  readonly sample: Sample;
  /** The first of its kind, on which all checks are run. */
  readonly isFirst: boolean;
  readonly earlier: EarlierOutcomes;
  readonly tally: RewardTally;
}

async function tryOnSample(entry: RunReward, place: Place): Promise<void> {
  const { request, sample, isFirst, earlier, tally } = place;
  const fresh = namesake(request.fresh, entry.name)?.reward ?? entry.reward;
  let trial: RewardTrial;
  try {
    trial = await createTrial(entry, fresh, sample, earlier);
  } catch (thrown) {
    const said = `its examples threw: ${messageOf(thrown)}`;
    tally.addBreach({ rule: 'answers', said, sampleId: sample.id });
    return;
  }
  const blockedBy = await failedBefore(entry, trial);
  if (blockedBy !== undefined) {
    tally.addBlocked(blockedBy);
    return;
  }
  tally.addBase(trial.facts.group, await trial.base());
  const breaches: FoundBreach[] = [];
  for (const check of REWARD_CHECKS) {
    if ((check.once === true && !isFirst) || (trial.hung && breaches.length > 0)) continue;
    const found = await check.run(trial);
    breaches.push(...found.map((breach) => ({ ...breach, sampleId: sample.id })));
  }
  tally.addTimings(trial);
  const quirks = await quirksAmong(breaches, entry, sample, request.corrected);
  for (const breach of breaches) {
    if (quirks.has(breach)) tally.addQuirk(breach);
    else tally.addBreach(breach);
  }
}

async function createTrial(
  entry: RunReward,
  fresh: Reward,
  sample: Sample,
  earlier: EarlierOutcomes,
): Promise<RewardTrial> {
  const { name, reward, timeoutMs } = entry;
  return new RewardTrial({
    reward,
    fresh: () => fresh,
    timeoutMs,
    sample,
    group: await trialGroup(reward, sample),
    earlier: (completions) => earlier.before(name, completions),
    looks: await earlier.looks(entry),
  });
}

/** The earlier reward that this one builds on and that failed on the group. */
async function failedBefore(
  { name, reward }: RunReward,
  { facts, completions }: RewardTrial,
): Promise<string | undefined> {
  const outcomes = await facts.earlier(completions);
  return reward.after?.find(
    (earlier) =>
      earlier !== name && outcomes.get(earlier)?.some(({ status }) => status === 'failed'),
  );
}

const MAY_BE_QUIRKS: ReadonlySet<Breach['rule']> = new Set(['gold', 'garbage']);

/** The breaches that the corrected reward does not commit. */
async function quirksAmong(
  breaches: readonly FoundBreach[],
  { name }: RunReward,
  sample: Sample,
  corrected: readonly RunReward[] | undefined,
): Promise<ReadonlySet<FoundBreach>> {
  const candidates = breaches.filter(({ rule }) => MAY_BE_QUIRKS.has(rule));
  const twin = corrected && namesake(corrected, name);
  if (candidates.length === 0 || corrected === undefined || twin === undefined) return new Set();
  const trial = await createTrial(twin, twin.reward, sample, earlierOf(sample, corrected));
  if ((await trial.base()).broken !== undefined) return new Set();
  const checks = REWARD_CHECKS.filter(({ rule }) => MAY_BE_QUIRKS.has(rule));
  const remaining = (await Promise.all(checks.map((check) => check.run(trial)))).flat();
  const rules = new Set(remaining.map(({ rule }) => rule));
  return new Set(candidates.filter(({ rule }) => !rules.has(rule)));
}

function earlierOf(
  sample: Sample,
  rewards: readonly RunReward[],
  hasHung?: (reward: string) => boolean,
): EarlierOutcomes {
  return new EarlierOutcomes(sample, rewards, hasHung);
}

function namesake(rewards: readonly RunReward[], name: string): RunReward | undefined {
  return rewards.find((reward) => reward.name === name);
}
