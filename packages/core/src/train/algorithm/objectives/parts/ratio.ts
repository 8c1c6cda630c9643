/** The importance ratio ρ = π(token) / π_old(token) of each token or of a whole completion, and its backward pass. */
import { maskedLength } from './aggregation.ts';

/**
 * - `token`: ρ_t = exp(r_t) with r = log π − log π_old (PPO, GRPO);
 * - `sequence`: every token has ρ = exp(Σ m r / L), the geometric mean over the completion (GSPO, arXiv 2507.18071, equation 7);
 * - `sequence-token`: the same value, but a token's gradient goes through its own log-probability alone (GSPO-token, equation 13).
 */
export type RatioLevel = 'token' | 'sequence' | 'sequence-token';

/** The ratio at each token. */
export interface ImportanceRatio {
  readonly values: Float64Array;
  /** Turns ∂loss/∂log ρ of each token into ∂loss/∂log π of each token. */
  backward(byLogRatio: Float64Array): Float64Array;
}

/**
 * The ratio of one completion.
 *
 * @param old Held constant.
 * @param mask The mean of a sequence leaves out tokens where it is 0.
 */
export function importanceRatio(
  logProbs: ArrayLike<number>,
  old: ArrayLike<number>,
  mask: ArrayLike<number>,
  level: RatioLevel,
): ImportanceRatio {
  const logRatios = Float64Array.from(logProbs, (logProb, token) => logProb - old[token]!);
  if (level === 'token') {
    return { values: logRatios.map(Math.exp), backward: (byLogRatio) => byLogRatio };
  }
  const length = Math.max(1, maskedLength(mask));
  const mean = logRatios.reduce((sum, r, token) => sum + (mask[token]! * r) / length, 0);
  return {
    values: logRatios.fill(Math.exp(mean)),
    backward(byLogRatio) {
      if (level === 'sequence-token') return byLogRatio;
      const whole = byLogRatio.reduce((sum, slope) => sum + slope, 0);
      return byLogRatio.map((_, token) => (whole * mask[token]!) / length);
    },
  };
}
