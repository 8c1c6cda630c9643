/**
 * A smooth accuracy of a number: `2^(−e / h)` for a relative error e, so every h of error halves the value.
 *
 * This is the exponential decay of M2-Reasoning (EDNM, arXiv 2507.08306). The alternatives are a mirrored sigmoid of the error (SNRA, arXiv
 * 2601.07695), which is flattest for nearly right answers, and SpaceR's `1 − e` (regression), which is 0 beyond 100 % error. The default h
 * is ours. With 0.25 a value above 0.5 means an error below 25 %, as for mean relative accuracy, so a gate at 0.5 passes the same answers.
 */

/** The relative error at which the value is 0.5. */
export const HALF_ERROR = 0.25;

/**
 * The value, 0…1: 1 for the exact number and less for any other, symmetric above and below the target. The error is divided by the magnitude
 * of the target. For a target of 0 only 0 scores. NaN on either side gives 0.
 *
 * @example denseAccuracy(11, 10) // 0.758, where mean relative accuracy gives 0.9
 */
export function denseAccuracy(prediction: number, target: number, halfError = HALF_ERROR): number {
  if (prediction === target) return 1;
  if (target === 0 || Number.isNaN(prediction) || Number.isNaN(target)) return 0;
  const error = Math.abs(prediction - target) / Math.abs(target);
  return Number.isNaN(error) ? 0 : 2 ** (-error / halfError);
}
