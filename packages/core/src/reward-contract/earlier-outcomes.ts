import { callReward, RewardCallError } from '../rollout/call-reward.ts';
import { rewardsNeeding } from '../rollout/looks.ts';
import { orderRewards, rewardsBefore } from '../rollout/reward-order.ts';
import type { RunReward } from '../rollout/run-reward.ts';
import type {
  JudgedCompletions,
  LookName,
  RewardInput,
  RewardOutcome,
  Sample,
  ScoredText,
} from '../spec/index.ts';
import { lookTexts } from './trial-group.ts';

type Outcomes = RewardInput['outcomes'];
type Looks = NonNullable<RewardInput['looks']>;

const NO_LOOKS: Looks = new Map();

/**
 * What the rewards of a run say of completions of one sample, each reward after those it comes after, as in training. Answers
 * are kept, so that a slow reward is asked once a group of texts however many others come after it.
 */
export class EarlierOutcomes {
  readonly #sample: Sample;
  readonly #ordered: readonly RunReward[];
  readonly #isOut: (reward: string) => boolean;
  readonly #kept = new Map<string, Promise<readonly RewardOutcome[]>>();
  readonly #textIds = new Map<string, number>();

  /**
   * @param isOut Rewards that hung before: they are not asked again, and count as failed.
   */
  constructor(
    sample: Sample,
    rewards: readonly RunReward[],
    isOut: (reward: string) => boolean = () => false,
  ) {
    this.#sample = sample;
    this.#ordered = orderRewards(rewards);
    this.#isOut = isOut;
  }

  /** The outcomes that the named reward sees: of those that it comes after. */
  async before(name: string, completions: readonly ScoredText[]): Promise<Outcomes> {
    const target = this.#ordered.filter((reward) => reward.name === name);
    return this.#outcomes(rewardsBefore(target, this.#ordered), completions);
  }

  /** Completions under the looks of one reward, with what the rewards said of them that come before those who compare with a look. */
  async looks({ reward }: RunReward): Promise<Looks> {
    const looks = new Map<LookName, JudgedCompletions>();
    for (const [name, completions] of await lookTexts(reward, this.#sample)) {
      const before = rewardsBefore(rewardsNeeding(name, this.#ordered), this.#ordered);
      const outcomes = await this.#outcomes(before, completions, false);
      looks.set(name, { completions, outcomes });
    }
    return looks;
  }

  /** @param compares Whether rewards see the completions under their looks. */
  async #outcomes(
    rewards: readonly RunReward[],
    completions: readonly ScoredText[],
    compares = true,
  ): Promise<Outcomes> {
    const outcomes = new Map<string, readonly RewardOutcome[]>();
    for (const entry of rewards) {
      // What its examples throw is named when the reward itself is tried.
      const looks = compares ? await this.looks(entry).catch(() => NO_LOOKS) : NO_LOOKS;
      const key = this.#keyOf(entry.name, completions, looks);
      const seen = new Map(
        rewardsBefore([entry], rewards).map(({ name }) => [name, outcomes.get(name)!]),
      );
      const said = this.#kept.get(key) ?? this.#ask(entry, completions, seen, looks);
      this.#kept.set(key, said);
      outcomes.set(entry.name, await said);
    }
    return outcomes;
  }

  async #ask(
    { name, reward, timeoutMs }: RunReward,
    completions: readonly ScoredText[],
    outcomes: Outcomes,
    looks: Looks,
  ): Promise<readonly RewardOutcome[]> {
    if (this.#isOut(name)) return completions.map(() => ({ status: 'failed', reason: 'it hung' }));
    const given = { sample: this.#sample, completions, outcomes, ...(looks.size > 0 && { looks }) };
    try {
      return await callReward(reward, structuredClone(given), timeoutMs);
    } catch (thrown) {
      if (!(thrown instanceof RewardCallError)) throw thrown;
      return completions.map(() => ({ status: 'failed', reason: thrown.message }));
    }
  }

  #keyOf(name: string, completions: readonly ScoredText[], looks: Looks): string {
    const texts = completions.map(({ text, tokenCount, finishReason }) => {
      const id = this.#textIds.get(text) ?? this.#textIds.size;
      this.#textIds.set(text, id);
      return [id, tokenCount, finishReason];
    });
    return JSON.stringify([name, texts, looks.size > 0]);
  }
}
