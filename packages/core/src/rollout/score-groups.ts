/**
 * Scores groups with the rewards of a run. A reward that throws, hangs, or answers nonsense is a named failure of its
 * group: the group keeps what is known of it, and is left out of the update. A failure is never a 0.
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

/** A reward that threw, timed out, or answered nonsense: with whose completion, and what it said. */
export interface RewardFailure {
  readonly reward: string;
  readonly sampleId: string;
  /** Index within the group; absent when the whole call failed. */
  readonly completion?: number;
  readonly message: string;
}

/** A part of a reward's value that is no finite number: it was left out. */
export interface NamedPart extends UnknownPart {
  readonly reward: string;
  readonly sampleId: string;
}

/** A group as scored; when `failures` is not empty its `rewards` are NaN and it must not be trained on. */
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

/** Such a group as scored; `rewards` are NaN when `failures` is not empty. */
export interface TextScore extends RewardedGroup, Pick<ScoredGroup, 'outcomes'> {
  readonly failures: readonly RewardFailure[];
  readonly unknownParts?: readonly NamedPart[];
}

/**
 * Scores all groups at once, and the rewards of each: one that names others in `after` waits for them. A reward behind a closed gate is scored as well: what it
 * said stays visible, and adds 0.
 *
 * @param step Whose weights count, from 1; by default those that schedules end with.
 * @throws LociError `reward-cycle` when rewards wait for each other; nothing that a reward does throws.
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
  const judged = await scoreSideBySide(rewards, (reward, outcomes) => {
    const seen = looksFor(reward.reward, looks);
    if (seen === undefined) return judge(reward, { sample, completions, outcomes });
    return settledLooks(seen).then((own) =>
      judge(reward, { sample, completions, outcomes, looks: own }),
    );
  });
  const all = [...judged.values()];
  if (looks.size > 0) {
    const ofLooks = await Promise.all(Array.from(looks.values(), (look) => look.judged));
    all.unshift(...ofLooks.flatMap((look) => [...look.values()]));
  }
  const failures = all.flatMap((one) => one.failures);
  const outcomes = outcomesOf(judged);
  const combined = combineOutcomes(rewards, outcomes, completions.length, step);
  if (failures.length > 0) combined.rewards.fill(Number.NaN);
  const unknownParts = all.flatMap((one) => one.unknownParts);
  return { ...combined, outcomes, failures, ...(unknownParts.length > 0 && { unknownParts }) };
}

/** The completions under one look, while the rewards that come before its users judge them. */
interface LookInWork {
  readonly completions: readonly ScoredText[];
  readonly judged: Promise<ReadonlyMap<string, Judged>>;
}

/** Starts to score the completions under every look, with the rewards that those come after who compare with it. */
function scoreLooks(
  { sample, looks = new Map<LookName, readonly ScoredText[]>() }: TextGroup,
  rewards: readonly RunReward[],
): ReadonlyMap<LookName, LookInWork> {
  return new Map(
    Array.from(looks, ([name, completions]) => {
      const before = rewardsBefore(rewardsNeeding(name, rewards), rewards);
      const judged = scoreSideBySide(before, (reward, outcomes) =>
        judge(reward, { sample, completions, outcomes }),
      );
      return [name, { completions, judged }];
    }),
  );
}

/** The looks of one reward as it sees them; they are judged side by side. */
async function settledLooks(
  looks: ReadonlyMap<LookName, LookInWork>,
): Promise<NonNullable<RewardInput['looks']>> {
  return new Map(
    await Promise.all(
      Array.from(looks, async ([name, { completions, judged }]) => {
        const seen = { completions, outcomes: outcomesOf(await judged) };
        return [name, seen] as const;
      }),
    ),
  );
}

/** What one reward said of a group. */
interface Judged {
  readonly outcomes: readonly RewardOutcome[];
  readonly failures: readonly RewardFailure[];
  readonly unknownParts: readonly NamedPart[];
}

type Outcomes = ReadonlyMap<string, readonly RewardOutcome[]>;

/**
 * Has all rewards do their work at once, but each after those that its `after` names: it sees what these said, directly and through
 * others. What it sees and the order of what is returned never depend on which reward is quick.
 */
async function scoreSideBySide(
  rewards: readonly RunReward[],
  work: (reward: RunReward, outcomes: Outcomes) => Promise<Judged>,
): Promise<ReadonlyMap<string, Judged>> {
  const running = new Map<string, Promise<Judged>>();
  for (const reward of rewards) {
    const before = rewardsBefore([reward], rewards);
    const start = async (): Promise<Judged> => {
      const seen = new Map<string, Judged>();
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

function outcomesOf(judged: ReadonlyMap<string, Judged>): Outcomes {
  return new Map([...judged].map(([name, { outcomes }]) => [name, outcomes]));
}

/** Calls one reward; what goes wrong is named. */
async function judge(
  { name, reward, timeoutMs }: RunReward,
  input: Parameters<typeof callAndCheck>[1],
): Promise<Judged> {
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
