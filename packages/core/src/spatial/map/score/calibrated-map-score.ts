/**
 * How much better than a blind guess an imagined map is: 1 for the true map, about 0 for random cells and for everything at the
 * center, less for worse. Unlike SpaceR's score (`scoreMap`), which a blind guess with right counts brings to 0.7 or 0.8, it
 * is decided by where things are. `docs/map-reward.md` leads to the measurements that it was chosen by.
 */
import type { PointMap } from '../read/point-map.ts';
import { compareMaps } from './compare-maps.ts';
import type { MapComparisonOptions } from './compare-maps.ts';
import { creditedScore, sumOver } from './credited-score.ts';
import type { CalibratedMapScore, CreditRule } from './credited-score.ts';

/** How maps are compared. */
export type CalibratedMapOptions = MapComparisonOptions;

export type { CalibratedMapScore, CreditRule } from './credited-score.ts';

/** The rule of `calibratedMapScore`: a soft F1, also for one category; that of nothing where nothing is there is 1. */
export const CALIBRATED_CREDIT: CreditRule = {
  ofMap: (categories) =>
    (2 * sumOver(categories, ({ credit }) => credit)) /
    sumOver(categories, (one) => one.imagined + one.true),
  ofCategory: (one) =>
    one.imagined + one.true === 0 ? 1 : (2 * one.credit) / (one.imagined + one.true),
};

/**
 * Scores an imagined map. Within a category the assignment of points is the optimal one (`optimalCredit`); invented instances cost, also those
 * of categories that are not there, and so do missing ones. Without symmetries the score falls strictly as one object is moved
 * away from its place. The case of categories does not matter; a point that is not finite matches nothing and counts as invented.
 *
 * It abstains where there is nothing to locate: a true map without points, or one that a blind guess already gets right.
 *
 * @throws RangeError for a grid that is not a positive integer, a reach that is not positive and a true point that is not finite; TypeError for points that are
 * not pairs.
 * @example calibratedMapScore({ chair: [[1, 2]] }, { chair: [[1, 2]], desk: [[8, 7]] }) // credit 2/3
 */
export function calibratedMapScore(
  imagined: PointMap,
  truth: PointMap,
  options: CalibratedMapOptions = {},
): CalibratedMapScore {
  return creditedScore(compareMaps(imagined, truth, options), CALIBRATED_CREDIT);
}
