import type { Loss, TokenTargets } from './policy.ts';
import type { Sample } from './sample.ts';

/** The facts of a completion before the forward pass of an update. Arrays have one entry for each of its T tokens, in nats. */
export interface CompletionFacts {
  /** Of the policy at the start of the batch. Absent: the current ones, held constant. */
  readonly oldLogProbs?: ArrayLike<number>;
  /** Of the frozen start model; present when the objective needs it. */
  readonly referenceLogProbs?: ArrayLike<number>;
  /** Reported by the sampler; absent when it reports none, and for demonstrations. */
  readonly samplerLogProbs?: ArrayLike<number>;
  /** 1 for tokens that are learned from, 0 for others. */
  readonly mask: ArrayLike<number>;
  /** Of the completion; 0 for demonstrations. */
  readonly advantage: number;
  /** Of each token, where the estimator tells them apart; absent: all have the completion's. */
  readonly tokenAdvantages?: ArrayLike<number>;
  readonly source: 'sampled' | 'demonstrated';
}

/** One completion in the input of an objective. */
export interface CompletionTokens extends CompletionFacts {
  /** Of the trained policy; the loss is differentiated by these. */
  readonly logProbs: ArrayLike<number>;
  /** Of the distribution at each token, over the whole vocabulary; present when the objective needs it. */
  readonly entropies?: ArrayLike<number>;
}

/** The loss of a batch and its derivatives, each `[completion][token]`. */
export interface ObjectiveValue {
  readonly loss: number;
  readonly dLogProbs: readonly Float64Array[];
  /** By the entropy at each token; only from objectives that need entropies. */
  readonly dEntropies?: readonly Float64Array[];
  /** Logged as `policy/<name>`: kebab-case names, averages over the batch. */
  readonly figures: Readonly<Record<string, number>>;
}

/** The inputs of an objective beside the current log-probabilities; absent: not needed. */
export interface ObjectiveNeeds {
  /** Log-probabilities of the frozen start model: one more pass over each batch. */
  readonly reference?: boolean;
  /** Entropies over the whole vocabulary. */
  readonly entropies?: boolean;
  /** Log-probabilities that the sampler reported. */
  readonly sampler?: boolean;
}

/** The same loss in a form that an engine computes in one pass, which saves a pass to the host and back. */
export interface FusedLoss {
  readonly loss: Loss;
  /** Targets of each completion of the batch, in order. */
  targets(batch: readonly CompletionFacts[]): readonly TokenTargets[];
}

/** A cost that is subtracted from the rewards before completions are compared. */
export interface RewardPenalty {
  /** Its key beside the rewards. */
  readonly name: string;
  /** Factor in the sum of rewards, below 0. */
  readonly weight: number;
  /** The cost of one completion, summed over its tokens. The current log-probabilities are those at the start of the batch. */
  value(completion: CompletionTokens): number;
}

/**
 * The loss that an update minimizes: a pure function of log-probabilities on the host, in float64. It is independent of the engine, which
 * computes the log-probabilities and backpropagates the derivatives into the weights.
 *
 * @example
 * // REINFORCE: −A · log p, averaged over all tokens that are learned from.
 * const reinforce: Objective = {
 *   learnsFrom: 'rollouts',
 *   value(batch) {
 *     const tokens = batch.reduce((sum, { mask }) => sum + Array.from(mask).reduce((a, b) => a + b, 0), 0);
 *     const dLogProbs = batch.map(({ mask, advantage }) => Float64Array.from(mask, (m) => (-m * advantage) / tokens));
 *     const loss = batch.reduce((sum, { logProbs }, i) => sum + dLogProbs[i]!.reduce((s, d, t) => s + d * logProbs[t]!, 0), 0);
 *     return { loss, dLogProbs, figures: {} };
 *   },
 * };
 */
export interface Objective {
  /** Whether it reads `tokenAdvantages`. Without it, a run with an estimator that gives them does not start. */
  readonly perToken?: true;
  /**
   * `rollouts` learns from sampled completions, `demonstrations` from those of the dataset, `both` from both of the same prompts in
   * one batch.
   */
  readonly learnsFrom: 'rollouts' | 'demonstrations' | 'both';
  readonly needs?: ObjectiveNeeds;
  /** The text of a sample that is imitated, undefined when it has none; absent: its demonstration. */
  imitates?(sample: Sample): string | undefined;
  /**
   * @param batch All completions of one optimizer step, independent of the micro-batches of the engine.
   * @returns Derivatives in the order of the batch, 0 where the mask is 0.
   */
  value(batch: readonly CompletionTokens[]): ObjectiveValue;
  /** Present when an engine has the same loss. The values must agree. */
  readonly fused?: FusedLoss;
  /** Present when the objective subtracts a cost from the rewards. */
  readonly penalty?: RewardPenalty;
}
