/**
 * What a predicted point is worth for a true one at a distance: `softplus(6·(1 − d / reach)) / softplus(6)`, where softplus(z) =
 * ln(1 + eᶻ). It falls nearly straight from 1 at the true place to a ninth at `reach`, and beyond that exponentially.
 *
 * It is convex, and that is why it was chosen: from k(x) + k(y) ≤ k(0) + k(x + y) and the triangle inequality it follows that no other
 * assignment beats "each to its own" while all points but one are in place. So a map with one displaced object loses exactly
 * 1 − k(displacement), whatever lies near, and falls strictly. With a Gaussian of the same width a row of chairs shares the error.
 */

/** Cells at which a match is worth a ninth; chosen by `nx run tools:map-study`. */
export const DEFAULT_REACH = 4;

const STEEPNESS = 6;
const AT_PLACE = Math.log1p(Math.exp(STEEPNESS));

/**
 * The worth of a match, 1 for a distance of 0 and falling strictly towards 0; 0 for a distance that is infinite or no number.
 *
 * @param distance Euclidean, in cells, not negative.
 * @param reach In cells, positive.
 */
export function matchCredit(distance: number, reach: number = DEFAULT_REACH): number {
  if (distance === 0) return 1;
  const credit = Math.log1p(Math.exp(STEEPNESS * (1 - distance / reach))) / AT_PLACE;
  return credit >= 0 ? credit : 0;
}
