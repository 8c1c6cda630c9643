/**
 * Scores groups with the rewards of a run. A reward that throws, hangs, or answers nonsense is a named failure of its
 * group: the group keeps what is known of it, and is left out of the update. A failure is never a 0.
 */
import type {
  JudgedCompletions,
  RewardedGroup,
  RewardOutcome,
  Rollout,
  RolloutGroup,
  Sample,
  ScoredGroup,
  ScoredText,
} from '../spec/index.ts';
import { callReward, RewardCallError } from './call-reward.ts';
import { combineOutcomes } from './combine.ts';
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

/** A group as scored; when `failures` is not empty its `rewards` are NaN and it must not be trained on. */
export interface GroupScore {
  readonly group: ScoredGroup;
  readonly failures: readonly RewardFailure[];
}

/** Completions of one sample that another program sampled. */
export interface TextGroup {
  readonly sample: Sample;
  readonly completions: readonly ScoredText[];
  /** From the same prompt with its frames in random order. */
  readonly shuffled?: readonly ScoredText[] | undefined;
}

/** Such a group as scored; `rewards` are NaN when `failures` is not empty. */
export interface TextScore extends RewardedGroup, Pick<ScoredGroup, 'outcomes'> {
  readonly failures: readonly RewardFailure[];
}

/**
 * Scores all groups at once, the rewards of each in dependency order. A reward behind a closed gate is scored as well: what it
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
    shuffled: group.shuffled?.map(asText),
  };
  const { failures, ...scored } = await scoreInOrder(texts, ordered, step);
  return { group: { ...group, ...scored }, failures };
}

/** `rewards` are in dependency order. */
async function scoreInOrder(
  group: TextGroup,
  rewards: readonly RunReward[],
  step: number,
): Promise<TextScore> {
  const { sample, completions } = group;
  const outcomes = new Map<string, readonly RewardOutcome[]>();
  const failures: RewardFailure[] = [];
  const shuffled = await scoreShuffled(group, rewards, failures);
  for (const entry of rewards) {
    const input = { sample, completions, outcomes, ...(shuffled && { shuffled }) };
    await judge(entry, input, outcomes, failures);
  }
  const combined = combineOutcomes(rewards, outcomes, completions.length, step);
  if (failures.length > 0) combined.rewards.fill(Number.NaN);
  return { ...combined, outcomes, failures };
}

/** What the rewards that a shuffle-minded reward builds on say of the completions from shuffled frames. */
async function scoreShuffled(
  { sample, shuffled: completions }: TextGroup,
  rewards: readonly RunReward[],
  failures: RewardFailure[],
): Promise<JudgedCompletions | undefined> {
  if (completions === undefined) return undefined;
  const outcomes = new Map<string, readonly RewardOutcome[]>();
  const wanting = rewards.filter(({ reward }) => reward.needsShuffledFrames === true);
  for (const entry of rewardsBefore(wanting, rewards)) {
    await judge(entry, { sample, completions, outcomes }, outcomes, failures);
  }
  return { completions, outcomes };
}

/** Calls one reward and files its outcomes, or its failures. */
async function judge(
  { name, reward, timeoutMs }: RunReward,
  input: Parameters<typeof callReward>[1],
  outcomes: Map<string, readonly RewardOutcome[]>,
  failures: RewardFailure[],
): Promise<void> {
  const sampleId = input.sample.id;
  try {
    const found = await callReward(reward, input, timeoutMs);
    outcomes.set(name, found);
    for (const [completion, outcome] of found.entries()) {
      if (outcome.status !== 'failed') continue;
      failures.push({ reward: name, sampleId, completion, message: outcome.reason });
    }
  } catch (thrown) {
    if (!(thrown instanceof RewardCallError)) throw thrown;
    const reason = thrown.message;
    outcomes.set(
      name,
      input.completions.map(() => ({ status: 'failed', reason })),
    );
    const completion = thrown.completion === undefined ? {} : { completion: thrown.completion };
    failures.push({ reward: name, sampleId, ...completion, message: reason });
  }
}
