import { callReward, RewardCallError } from '../rollout/call-reward.ts';
import { orderRewards, rewardsBefore } from '../rollout/reward-order.ts';
import type { RunReward } from '../rollout/run-reward.ts';
import type {
  JudgedCompletions,
  RewardInput,
  RewardOutcome,
  Sample,
  ScoredText,
} from '../spec/index.ts';

type Outcomes = RewardInput['outcomes'];

/**
 * What the rewards of a run say of completions of one sample, each reward after those it comes after, as in training. Answers
 * are kept, so that a slow reward is asked once a group of texts however many others come after it.
 */
export class EarlierOutcomes {
  readonly #sample: Sample;
  readonly #ordered: readonly RunReward[];
  readonly #shuffled: readonly ScoredText[];
  readonly #isOut: (reward: string) => boolean;
  readonly #kept = new Map<string, Promise<readonly RewardOutcome[]>>();
  readonly #textIds = new Map<string, number>();

  /**
   * @param shuffled The completions from shuffled frames; they count when a reward of the run asks for them.
   * @param isOut Rewards that hung before: they are not asked again, and count as failed.
   */
  constructor(
    sample: Sample,
    rewards: readonly RunReward[],
    shuffled: readonly ScoredText[],
    isOut: (reward: string) => boolean = () => false,
  ) {
    this.#sample = sample;
    this.#ordered = orderRewards(rewards);
    this.#shuffled = shuffled;
    this.#isOut = isOut;
  }

  /** The outcomes that the named reward sees: of those that it comes after. */
  async before(name: string, completions: readonly ScoredText[]): Promise<Outcomes> {
    const target = this.#ordered.filter((reward) => reward.name === name);
    return this.#outcomes(rewardsBefore(target, this.#ordered), completions);
  }

  /** The completions from shuffled frames and what the rewards said of them; undefined when no reward asks for them. */
  async shuffled(): Promise<JudgedCompletions | undefined> {
    const asking = this.#ordered.filter(needsShuffledFrames);
    if (asking.length === 0) return undefined;
    const outcomes = await this.#outcomes(
      rewardsBefore(asking, this.#ordered),
      this.#shuffled,
      false,
    );
    return { completions: this.#shuffled, outcomes };
  }

  /** @param compares Whether rewards that ask for them see the completions from shuffled frames. */
  async #outcomes(
    rewards: readonly RunReward[],
    completions: readonly ScoredText[],
    compares = true,
  ): Promise<Outcomes> {
    const outcomes = new Map<string, readonly RewardOutcome[]>();
    for (const entry of rewards) {
      const shuffled = compares && needsShuffledFrames(entry) ? await this.shuffled() : undefined;
      const key = this.#keyOf(entry.name, completions, shuffled);
      const seen = new Map(
        rewardsBefore([entry], rewards).map(({ name }) => [name, outcomes.get(name)!]),
      );
      const said = this.#kept.get(key) ?? this.#ask(entry, completions, seen, shuffled);
      this.#kept.set(key, said);
      outcomes.set(entry.name, await said);
    }
    return outcomes;
  }

  async #ask(
    { name, reward, timeoutMs }: RunReward,
    completions: readonly ScoredText[],
    outcomes: Outcomes,
    shuffled: JudgedCompletions | undefined,
  ): Promise<readonly RewardOutcome[]> {
    if (this.#isOut(name)) return completions.map(() => ({ status: 'failed', reason: 'it hung' }));
    const given = { sample: this.#sample, completions, outcomes, ...(shuffled && { shuffled }) };
    try {
      return await callReward(reward, structuredClone(given), timeoutMs);
    } catch (thrown) {
      if (!(thrown instanceof RewardCallError)) throw thrown;
      return completions.map(() => ({ status: 'failed', reason: thrown.message }));
    }
  }

  #keyOf(
    name: string,
    completions: readonly ScoredText[],
    shuffled: JudgedCompletions | undefined,
  ): string {
    const texts = completions.map(({ text, tokenCount, finishReason }) => {
      const id = this.#textIds.get(text) ?? this.#textIds.size;
      this.#textIds.set(text, id);
      return [id, tokenCount, finishReason];
    });
    return JSON.stringify([name, texts, shuffled !== undefined]);
  }
}

function needsShuffledFrames({ reward }: RunReward): boolean {
  return reward.needsShuffledFrames === true;
}
