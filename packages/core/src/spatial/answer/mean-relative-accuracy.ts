/**
 * Mean relative accuracy (VSI-Bench, arXiv 2412.14171): the share of thresholds θ = 0.50, 0.55, …, 0.95 for which the relative
 * error of a number is at most 1 − θ.
 */

/**
 * How the error is computed. `train` and `vsi_eval` divide by the signed target, as SpaceR's reward and evaluation do;
 * `spar_eval` divides by its magnitude and takes the absolute error for a target of 0; `corrected` divides by the magnitude and
 * gives a target of 0 only to the exact 0.
 */
export type RelativeAccuracyVariant = 'train' | 'vsi_eval' | 'spar_eval' | 'corrected';

/** Doubles as the reference's equally spaced points come out: 0.8999999999999999 is one of them. */
const THRESHOLDS: readonly number[] = [
  ...Array.from({ length: 9 }, (_, index) => index * ((0.95 - 0.5) / 9) + 0.5),
  0.95,
];

/**
 * The score, a multiple of 0.1 in 0…1; NaN on either side scores 0.
 *
 * @throws RangeError for a target of 0 under `train` and `vsi_eval`.
 */
export function meanRelativeAccuracy(
  prediction: number,
  target: number,
  variant: RelativeAccuracyVariant = 'corrected',
): number {
  const error = relativeError(prediction, target, variant);
  return THRESHOLDS.filter((threshold) => error <= 1 - threshold).length / THRESHOLDS.length;
}

function relativeError(
  prediction: number,
  target: number,
  variant: RelativeAccuracyVariant,
): number {
  const difference = Math.abs(prediction - target);
  switch (variant) {
    case 'train':
    case 'vsi_eval':
      if (target === 0) throw new RangeError('The relative error to a target of 0 is not defined.');
      return difference / target;
    case 'spar_eval':
      return target === 0 ? difference : difference / Math.abs(target);
    case 'corrected':
      if (target === 0) return prediction === 0 ? 0 : Infinity;
      return difference / Math.abs(target);
    default:
      return variant satisfies never;
  }
}
