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
 * Outcomes of a run's rewards for completions of one sample. Each reward is called after the rewards that it comes after, as in
 * training. Outcomes are kept, so a slow reward is called once per group of texts, however many rewards come after it.
 */
export class EarlierOutcomes {
  readonly #sample: Sample;
  readonly #ordered: readonly RunReward[];
  readonly #hasHung: (reward: string) => boolean;
  readonly #kept = new Map<string, Promise<readonly RewardOutcome[]>>();
  readonly #textIds = new Map<string, number>();

  /**
   * @param hasHung Tells of a reward whether it hung before: such a reward is not called again and counts as failed.
   */
  constructor(
    sample: Sample,
    rewards: readonly RunReward[],
    hasHung: (reward: string) => boolean = () => false,
  ) {
    this.#sample = sample;
    this.#ordered = orderRewards(rewards);
    this.#hasHung = hasHung;
  }

  /** The outcomes that the named reward sees: those of the rewards that it comes after. */
  async before(name: string, completions: readonly ScoredText[]): Promise<Outcomes> {
    const target = this.#ordered.filter((reward) => reward.name === name);
    return this.#outcomes(rewardsBefore(target, this.#ordered), completions);
  }

  /** Completions under the looks of one reward, with the outcomes of the rewards that come before those that compare with a look. */
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
      // An error of its examples is reported when the reward itself is tried.
      const looks = compares ? await this.looks(entry).catch(() => NO_LOOKS) : NO_LOOKS;
      const key = this.#keyOf(entry.name, completions, looks);
      const seen = new Map(
        rewardsBefore([entry], rewards).map(({ name }) => [name, outcomes.get(name)!]),
      );
      const called = this.#kept.get(key) ?? this.#call(entry, completions, seen, looks);
      this.#kept.set(key, called);
      outcomes.set(entry.name, await called);
    }
    return outcomes;
  }

  async #call(
    { name, reward, timeoutMs }: RunReward,
    completions: readonly ScoredText[],
    outcomes: Outcomes,
    looks: Looks,
  ): Promise<readonly RewardOutcome[]> {
    if (this.#hasHung(name))
      return completions.map(() => ({ status: 'failed', reason: 'it hung' }));
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
