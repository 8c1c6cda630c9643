import type { LookName } from './look.ts';
import type { FinishReason, TokenUsage } from './policy.ts';
import type { EncodedPrompt } from './prompt.ts';
import type { RewardOutcome, SpanCredit } from './reward.ts';
import type { Sample } from './sample.ts';

/** One finished completion of a policy. */
export interface Rollout {
  /** As sampled, without what the prompt opened. */
  readonly text: string;
  readonly tokenIds: Int32Array;
  /** Of the sampler at the temperature that it drew at (at 1 where that was 0), one per token. */
  readonly logProbs: Float32Array;
  /** 1 for tokens that are learned from, 0 for others, such as what a tool wrote; absent: all are. */
  readonly mask?: Uint8Array;
  /** Whether the dataset gave the completion, and no policy drew it. */
  readonly demonstrated?: true;
  readonly finishReason: FinishReason;
  readonly usage?: TokenUsage;
  /** The end of the text that is the answer, where a server sends thinking apart from it. */
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

/** What one reward adds to the sums of a group. Arrays have one entry a rollout. */
export interface Contribution {
  /** What it said, after clip and gate; NaN where it abstained or failed, and so adds nothing. */
  readonly values: Float64Array;
  /** Factor of the values at this step. */
  readonly weight: number;
  /** Why its gate is closed, undefined where it is open; absent when the reward has no gate. */
  readonly closed?: readonly (string | undefined)[];
  /** Its credits for stretches of the text, none where it gave none or its gate is closed; absent when no completion has any. */
  readonly credits?: readonly (readonly SpanCredit[])[];
}

/** The rewards of a group, together and one by one: what advantages are estimated from. */
export interface RewardedGroup {
  /**
   * Sums of value × weight over the contributions; NaN where every reward abstained from a completion, and throughout when a reward
   * of the group failed.
   */
  readonly rewards: Float64Array;
  /** By reward name. */
  readonly contributions: ReadonlyMap<string, Contribution>;
}

/** A group after scoring. */
export interface ScoredGroup extends RolloutGroup, RewardedGroup {
  /** By reward name, one outcome a rollout, as the reward said it: before clip, gate and weight. */
  readonly outcomes: ReadonlyMap<string, readonly RewardOutcome[]>;
}
