/** Leaves out completions that are both bad and old. */
import { maskedLength } from './aggregation.ts';

/**
 * Off-policy sequence masking (DeepSeek-V3.2, arXiv 2512.02556): whether a completion keeps its policy term. One with a negative
 * advantage loses it when the policy has moved away from it: when the mean of log π_drew − log π over its tokens is above the threshold.
 *
 * @param drew Log-probabilities of whatever drew the tokens: the sampler's, or else the old ones.
 */
export function staysOnPolicy(
  drew: ArrayLike<number>,
  logProbs: ArrayLike<number>,
  mask: ArrayLike<number>,
  advantage: number,
  threshold: number,
): boolean {
  if (!(advantage < 0)) return true;
  const total = Array.from(mask).reduce(
    (sum, inside, token) => sum + inside * (drew[token]! - logProbs[token]!),
    0,
  );
  return total / Math.max(1, maskedLength(mask)) <= threshold;
}
