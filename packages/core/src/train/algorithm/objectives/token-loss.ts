/** The losses of `Loss` for one token, in float64: the slow, obvious reference for what engines compute in bulk. */
import type { Loss } from '../../../spec/index.ts';

/** The targets of one completion, as in `TokenTargets`; arrays are indexed by token. */
export interface TokenLossTargets {
  /** Absent: 0. */
  readonly advantages?: ArrayLike<number>;
  /** Absent: the current log-probabilities, without gradient. */
  readonly oldLogProbs?: ArrayLike<number>;
  /** Absent: those of the policy itself, so that the KL is 0. */
  readonly referenceLogProbs?: ArrayLike<number>;
}

/** The loss of one token, without its weight. */
export interface TokenLoss {
  readonly value: number;
  /** Of the value with respect to the token's log-probability. */
  readonly derivative: number;
  /** The k3 estimate, whether or not the loss counts it; 0 for cross-entropy and the linear loss. */
  readonly kl: number;
  /** Whether the ratio was clipped, so that the advantage gives no gradient. */
  readonly clipped: boolean;
}

/**
 * The loss of one token without the term of its entropy, which a loss with entropies adds.
 *
 * @param token Index within the completion.
 * @param logProb Of the token, under the policy that is trained.
 */
export function tokenLoss(
  loss: Loss,
  targets: TokenLossTargets,
  token: number,
  logProb: number,
): TokenLoss {
  if (loss.kind === 'cross-entropy') {
    return { value: -logProb, derivative: -1, kl: 0, clipped: false };
  }
  if (loss.kind === 'linear') return { value: logProb, derivative: 1, kl: 0, clipped: false };
  const { clipLow, clipHigh, klWeight, klClamp = Number.POSITIVE_INFINITY } = loss;
  const advantage = targets.advantages?.[token] ?? 0;
  const ratio = Math.exp(logProb - (targets.oldLogProbs?.[token] ?? logProb));
  const bounded = Math.min(Math.max(ratio, 1 - clipLow), 1 + clipHigh);
  const clipped = bounded * advantage < ratio * advantage;
  const surrogate = (clipped ? bounded : ratio) * advantage;
  const slope = clipped ? 0 : ratio * advantage;
  const gap = (targets.referenceLogProbs?.[token] ?? logProb) - logProb;
  const kl = k3(gap, klClamp);
  if (klWeight === 0) return { value: -surrogate, derivative: -slope, kl, clipped };
  // Exactly at the bound the gradient passes, as it does through torch's clamp.
  const klSlope = Math.abs(gap) <= klClamp ? 1 - Math.exp(gap) : 0;
  return {
    value: klWeight * kl - surrogate,
    derivative: klWeight * klSlope - slope,
    kl,
    clipped,
  };
}

/**
 * Schulman's estimate of the KL divergence of the policy from the reference, `exp(x) − x − 1`.
 *
 * @param gap x = log p_reference − log p_policy of a token that the policy drew; held within ±`clamp`.
 */
export function k3(gap: number, clamp: number): number {
  const held = Math.min(Math.max(gap, -clamp), clamp);
  return Math.exp(held) - held - 1;
}
