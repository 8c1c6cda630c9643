import type { LookName } from './look.ts';
import type { FinishReason, TokenUsage } from './policy.ts';
import type { EncodedPrompt } from './prompt.ts';
import type { RewardOutcome, SpanCredit } from './reward.ts';
import type { Sample } from './sample.ts';

/** One finished completion of a policy. */
export interface Rollout {
  /** As sampled, without the text that the prompt opened. */
  readonly text: string;
  readonly tokenIds: Int32Array;
  /** Of the sampler at its temperature (at 1 for greedy sampling), one for each token. */
  readonly logProbs: Float32Array;
  /** 1 for tokens that are learned from, 0 for others, such as tool output; absent: all are. */
  readonly mask?: Uint8Array;
  /** Set for a demonstration of the dataset, which no policy sampled. */
  readonly demonstrated?: true;
  readonly finishReason: FinishReason;
  readonly usage?: TokenUsage;
  /** The answer at the end of the text, when a server sends the thinking separately. */
  readonly answer?: string;
}

/** The completions of one prompt. GRPO compares them with each other. */
export interface RolloutGroup {
  readonly sample: Sample;
  readonly prompt: EncodedPrompt;
  readonly rollouts: readonly Rollout[];
  /** Completions of the same prompt under other looks; rewards compare with them, and nothing trains on them. */
  readonly looks?: ReadonlyMap<LookName, readonly Rollout[]>;
}

/** The contribution of one reward to the sums of a group. Arrays have one entry for each rollout. */
export interface Contribution {
  /** After clip and gate; NaN for an abstention or a failure, which adds nothing. */
  readonly values: Float64Array;
  /** Factor of the values at this step. */
  readonly weight: number;
  /** Why its gate is closed, undefined when it is open; absent when the reward has no gate. */
  readonly closed?: readonly (string | undefined)[];
  /** Its credits for stretches of the text, none where it gave none or its gate is closed; absent when no completion has any. */
  readonly credits?: readonly (readonly SpanCredit[])[];
}

/** The rewards of a group, summed and one by one; advantages are estimated from them. */
export interface RewardedGroup {
  /**
   * Sums of value × weight over the contributions; NaN when every reward abstained from a completion, and for all completions when a reward
   * of the group failed.
   */
  readonly rewards: Float64Array;
  /** By reward name. */
  readonly contributions: ReadonlyMap<string, Contribution>;
}

/** A group after scoring. */
export interface ScoredGroup extends RolloutGroup, RewardedGroup {
  /** By reward name, one outcome for each rollout, before clip, gate and weight. */
  readonly outcomes: ReadonlyMap<string, readonly RewardOutcome[]>;
}
