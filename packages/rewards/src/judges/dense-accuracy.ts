/**
 * How near a number is, without steps: `2^(−e / h)` for a relative error e, so every h of error halves the value.
 *
 * This is the exponential decay in the relative error that M2-Reasoning rewards numbers with (EDNM, arXiv 2507.08306). Weighed against:
 * a mirrored sigmoid of the error (SNRA, arXiv 2601.07695), which is flattest where answers are nearly right, and SpaceR's `1 − e`
 * (regression), which is 0 for everything beyond 100 % off. The default h is ours: with 0.25 a value above 0.5 means an error
 * below 25 %, as it does for mean relative accuracy, so that what is bounded at 0.5 stays bounded at the same answers.
 */

/** The relative error at which half of the value is left. */
export const HALF_ERROR = 0.25;

/**
 * The value, 0…1: 1 for the exact number, less for any other, alike above and below the target. An error is divided by the
 * magnitude of the target. A target of 0 has no relative error and is met by 0 alone. NaN on either side gives 0.
 *
 * @example denseAccuracy(11, 10) // 0.758, where mean relative accuracy gives 0.9
 */
export function denseAccuracy(prediction: number, target: number, halfError = HALF_ERROR): number {
  if (prediction === target) return 1;
  if (target === 0 || Number.isNaN(prediction) || Number.isNaN(target)) return 0;
  const error = Math.abs(prediction - target) / Math.abs(target);
  return Number.isNaN(error) ? 0 : 2 ** (-error / halfError);
}
