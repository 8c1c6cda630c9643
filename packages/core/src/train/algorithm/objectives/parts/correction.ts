/**
 * Correction of the gap between sampler and trainer. Tokens are drawn by the sampler's distribution, which differs from the
 * trainer's when the sampler runs another engine or precision, or holds weights that are some updates old. The importance weight
 * c = π_old / π_sampler makes up for it (TRL's `vllm_importance_sampling_correction`, verl's `rollout_is`).
 */
import { z } from 'zod';

const MODES = ['token-truncate', 'token-mask', 'sequence-truncate', 'sequence-mask'] as const;

/** Options of the correction. */
export const correctionOptions = z
  .strictObject({
    mode: z
      .enum(MODES)
      .describe(
        'weights of tokens or of whole completions; weights beyond the bounds are truncated to them, or masked to 0',
      ),
    min: z.number().nonnegative().optional().describe('least weight'),
    max: z.number().positive().optional().describe('greatest weight'),
  })
  .refine(({ min = 0, max = Infinity }) => min <= max, 'min must not be greater than max');

/** How the gap is corrected. */
export type Correction = z.output<typeof correctionOptions>;

/**
 * c of each token of one completion, without gradient: exp(old − sampler) of the token, or for `sequence-*` exp of the sum over the
 * completion. `*-truncate` holds c within [min, max], `*-mask` sets it to 0 outside.
 */
export function correctionWeights(
  old: ArrayLike<number>,
  sampler: ArrayLike<number>,
  mask: ArrayLike<number>,
  { mode, min = 0, max = Infinity }: Correction,
): Float64Array {
  const gaps = Float64Array.from(old, (own, token) => (own - sampler[token]!) * mask[token]!);
  if (mode.startsWith('sequence')) gaps.fill(gaps.reduce((sum, gap) => sum + gap, 0));
  return gaps.map((gap) => {
    const weight = Math.exp(gap);
    if (mode.endsWith('truncate')) return Math.min(Math.max(weight, min), max);
    return weight < min || weight > max ? 0 : weight;
  });
}

/**
 * The share of the sample that the weights leave effective, (Σc)² / (n · Σc²): 1 when all are equal.
 *
 * @param weights Of all tokens that are learned from.
 */
export function effectiveShare(weights: readonly number[]): number {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const squares = weights.reduce((total, weight) => total + weight * weight, 0);
  return squares === 0 ? 0 : (sum * sum) / (weights.length * squares);
}
