import type { FinishReason } from './policy.ts';
import type { EncodedPrompt } from './prompt.ts';
import type { RewardOutcome } from './reward.ts';
import type { Sample } from './sample.ts';

/** One finished completion of a policy. */
export interface Rollout {
  readonly text: string;
  readonly tokenIds: Int32Array;
  /** Of the sampler, one per token. */
  readonly logProbs: Float32Array;
  readonly finishReason: FinishReason;
}

/** The completions of one prompt. GRPO compares them with each other. */
export interface RolloutGroup {
  readonly sample: Sample;
  readonly prompt: EncodedPrompt;
  readonly rollouts: readonly Rollout[];
  /** Completions of the same prompt with its frames shuffled; they are scored and never trained on. */
  readonly shuffled?: readonly Rollout[];
}

/** A group after scoring. `rewards` are the weighted sums that the advantages are computed from. */
export interface ScoredGroup extends RolloutGroup {
  readonly rewards: Float64Array;
  /** By reward name, one outcome a rollout. */
  readonly outcomes: ReadonlyMap<string, readonly RewardOutcome[]>;
}
