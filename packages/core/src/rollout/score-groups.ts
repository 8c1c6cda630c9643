/**
 * Scores groups with the rewards of a run. A reward that throws, times out, or returns an invalid value is a named failure of its group. The
 * group keeps its other outcomes and is left out of the update. A failure is never a 0.
 */
import type {
  LookName,
  RewardedGroup,
  RewardInput,
  RewardOutcome,
  Rollout,
  RolloutGroup,
  Sample,
  ScoredGroup,
  ScoredText,
} from '../spec/index.ts';
import { callAndCheck, RewardCallError } from './call-reward.ts';
import type { UnknownPart } from './call-reward.ts';
import { combineOutcomes } from './combine.ts';
import { looksFor, rewardsNeeding } from './looks.ts';
import { turnText } from './opened-text.ts';
import { orderRewards, rewardsBefore } from './reward-order.ts';
import type { RunReward } from './run-reward.ts';

/** A failure of a reward: it threw, timed out, or returned an invalid value. */
export interface RewardFailure {
  readonly reward: string;
  readonly sampleId: string;
  /** Index within the group; absent when the whole call failed. */
  readonly completion?: number;
  readonly message: string;
}

/** A part of a reward's value that is not a finite number and was left out. */
export interface NamedPart extends UnknownPart {
  readonly reward: string;
  readonly sampleId: string;
}

/** A scored group. When `failures` is not empty, its `rewards` are NaN and it must not be trained on. */
export interface GroupScore {
  readonly group: ScoredGroup;
  readonly failures: readonly RewardFailure[];
  /** Absent when every part has a value. */
  readonly unknownParts?: readonly NamedPart[];
}

/** Completions of one sample that another program sampled. */
export interface TextGroup {
  readonly sample: Sample;
  readonly completions: readonly ScoredText[];
  /** From the same prompt under other looks. */
  readonly looks?: ReadonlyMap<LookName, readonly ScoredText[]> | undefined;
}

/** Such a group, scored; `rewards` are NaN when `failures` is not empty. */
export interface TextScore extends RewardedGroup, Pick<ScoredGroup, 'outcomes'> {
  readonly failures: readonly RewardFailure[];
  readonly unknownParts?: readonly NamedPart[];
}

/**
 * Scores all groups concurrently, and the rewards of each group too. A reward that names others in `after` waits for them. A reward behind
 * a closed gate is scored as well: its value stays visible and adds 0.
 *
 * @param step Selects the weights, from 1; by default the final weights of schedules.
 * @throws LociError `reward-cycle` when rewards depend on each other. Errors of a reward become failures.
 */
export async function scoreGroups(
  groups: readonly RolloutGroup[],
  rewards: readonly RunReward[],
  step = Infinity,
): Promise<readonly GroupScore[]> {
  const ordered = orderRewards(rewards);
  return Promise.all(groups.map((group) => scoreGroup(group, ordered, step)));
}

/** The same for one group of texts. @throws LociError `reward-cycle`. */
export async function scoreTexts(
  group: TextGroup,
  rewards: readonly RunReward[],
  step = Infinity,
): Promise<TextScore> {
  return scoreInOrder(group, orderRewards(rewards), step);
}

async function scoreGroup(
  group: RolloutGroup,
  ordered: readonly RunReward[],
  step: number,
): Promise<GroupScore> {
  const { sample, prompt, rollouts } = group;
  const asText = ({ text, tokenIds, finishReason }: Rollout): ScoredText => ({
    text: turnText(prompt.opened, text),
    tokenCount: tokenIds.length,
    finishReason,
  });
  const texts = {
    sample,
    completions: rollouts.map(asText),
    looks: new Map(Array.from(group.looks ?? [], ([name, taken]) => [name, taken.map(asText)])),
  };
  const { failures, unknownParts, ...scored } = await scoreInOrder(texts, ordered, step);
  return {
    group: { ...group, ...scored },
    failures,
    ...(unknownParts && { unknownParts }),
  };
}

/** `rewards` are in dependency order. */
async function scoreInOrder(
  group: TextGroup,
  rewards: readonly RunReward[],
  step: number,
): Promise<TextScore> {
  const { sample, completions } = group;
  const looks = scoreLooks(group, rewards);
  const results = await scoreConcurrently(rewards, (reward, outcomes) => {
    const seen = looksFor(reward.reward, looks);
    if (seen === undefined) return callOne(reward, { sample, completions, outcomes });
    return settledLooks(seen).then((own) =>
      callOne(reward, { sample, completions, outcomes, looks: own }),
    );
  });
  const all = [...results.values()];
  if (looks.size > 0) {
    const ofLooks = await Promise.all(Array.from(looks.values(), (look) => look.results));
    all.unshift(...ofLooks.flatMap((look) => [...look.values()]));
  }
  const failures = all.flatMap((one) => one.failures);
  const outcomes = outcomesOf(results);
  const combined = combineOutcomes(rewards, outcomes, completions.length, step);
  if (failures.length > 0) combined.rewards.fill(Number.NaN);
  const unknownParts = all.flatMap((one) => one.unknownParts);
  return { ...combined, outcomes, failures, ...(unknownParts.length > 0 && { unknownParts }) };
}

/** The completions under one look, and their pending results. */
interface PendingLook {
  readonly completions: readonly ScoredText[];
  readonly results: Promise<ReadonlyMap<string, RewardResults>>;
}

/** Starts scoring the completions under every look, with the rewards that its users name in `after`. */
function scoreLooks(
  { sample, looks = new Map<LookName, readonly ScoredText[]>() }: TextGroup,
  rewards: readonly RunReward[],
): ReadonlyMap<LookName, PendingLook> {
  return new Map(
    Array.from(looks, ([name, completions]) => {
      const before = rewardsBefore(rewardsNeeding(name, rewards), rewards);
      const results = scoreConcurrently(before, (reward, outcomes) =>
        callOne(reward, { sample, completions, outcomes }),
      );
      return [name, { completions, results }];
    }),
  );
}

/** The looks of one reward with their outcomes. */
async function settledLooks(
  looks: ReadonlyMap<LookName, PendingLook>,
): Promise<NonNullable<RewardInput['looks']>> {
  return new Map(
    await Promise.all(
      Array.from(looks, async ([name, { completions, results }]) => {
        const seen = { completions, outcomes: outcomesOf(await results) };
        return [name, seen] as const;
      }),
    ),
  );
}

/** The results of one reward for a group. */
interface RewardResults {
  readonly outcomes: readonly RewardOutcome[];
  readonly failures: readonly RewardFailure[];
  readonly unknownParts: readonly NamedPart[];
}

type Outcomes = ReadonlyMap<string, readonly RewardOutcome[]>;

/**
 * Runs all rewards concurrently, but each after those that its `after` names, directly and indirectly; it gets their outcomes. Inputs and
 * order of the results do not depend on the speed of the rewards.
 */
async function scoreConcurrently(
  rewards: readonly RunReward[],
  work: (reward: RunReward, outcomes: Outcomes) => Promise<RewardResults>,
): Promise<ReadonlyMap<string, RewardResults>> {
  const running = new Map<string, Promise<RewardResults>>();
  for (const reward of rewards) {
    const before = rewardsBefore([reward], rewards);
    const start = async (): Promise<RewardResults> => {
      const seen = new Map<string, RewardResults>();
      for (const { name } of before) {
        const earlier = running.get(name);
        if (earlier) seen.set(name, await earlier);
      }
      return work(reward, outcomesOf(seen));
    };
    running.set(reward.name, before.length === 0 ? work(reward, new Map()) : start());
  }
  const found = await Promise.all(running.values());
  return new Map(Array.from(running.keys(), (name, index) => [name, found[index]!]));
}

function outcomesOf(results: ReadonlyMap<string, RewardResults>): Outcomes {
  return new Map([...results].map(([name, { outcomes }]) => [name, outcomes]));
}

/** Calls one reward and turns errors into named failures. */
async function callOne(
  { name, reward, timeoutMs }: RunReward,
  input: Parameters<typeof callAndCheck>[1],
): Promise<RewardResults> {
  const sampleId = input.sample.id;
  const place = { reward: name, sampleId };
  try {
    const { outcomes, unknownParts } = await callAndCheck(reward, input, timeoutMs);
    const failures: RewardFailure[] = [];
    for (const [completion, outcome] of outcomes.entries()) {
      if (outcome.status !== 'failed') continue;
      failures.push({ ...place, completion, message: outcome.reason });
    }
    return { outcomes, failures, unknownParts: unknownParts.map((one) => ({ ...place, ...one })) };
  } catch (thrown) {
    if (!(thrown instanceof RewardCallError)) throw thrown;
    const { message: reason, completion } = thrown;
    const outcomes = input.completions.map(() => ({ status: 'failed', reason }) as const);
    const failure = { ...place, ...(completion !== undefined && { completion }), message: reason };
    return { outcomes, failures: [failure], unknownParts: [] };
  }
}
