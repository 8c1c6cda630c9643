/**
 * Estimates of the KL divergence of the policy from the start model, at a token that the policy drew (Schulman, "Approximating KL
 * divergence", 2020). With x = log π_reference − log π:
 *
 * - k1 = −x: unbiased, may be negative. In a loss its gradient is 0 on average, so it belongs in the reward;
 * - k2 = x² / 2: biased as a value, but its gradient on the policy's own samples is that of the divergence;
 * - k3 = exp(x) − x − 1: unbiased and never negative (GRPO, arXiv 2402.03300, equation 4).
 */

/** Which estimate. */
export type KlEstimator = 'k1' | 'k2' | 'k3';

/** An estimate and its derivative by log π. */
export interface KlTerm {
  readonly value: number;
  readonly derivative: number;
}

/**
 * The estimate of one token.
 *
 * @param gap x; held within ±`clamp`, beyond which no gradient passes.
 */
export function klTerm(estimator: KlEstimator, gap: number, clamp: number): KlTerm {
  const x = Math.min(Math.max(gap, -clamp), clamp);
  // Exactly at the bound the gradient passes, as it does through torch's clamp.
  const passes = Math.abs(gap) <= clamp ? 1 : 0;
  switch (estimator) {
    case 'k1':
      return { value: -x, derivative: passes };
    case 'k2':
      return { value: (x * x) / 2, derivative: -x * passes };
    case 'k3':
      return { value: Math.exp(x) - x - 1, derivative: (1 - Math.exp(x)) * passes };
    default:
      return estimator satisfies never;
  }
}
