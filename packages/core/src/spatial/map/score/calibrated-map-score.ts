/**
 * How much better than a blind guess an imagined map is: 1 for the true map, about 0 for random cells and for everything at the
 * center, less for worse. Unlike SpaceR's score (`scoreMap`), which a blind guess with right counts brings to 0.7 or 0.8, it
 * is decided by where things are. `docs/map-reward.md` leads to the measurements that it was chosen by.
 */
import type { PointMap } from '../read/point-map.ts';
import { compareMaps } from './compare-maps.ts';
import type { MapComparisonOptions } from './compare-maps.ts';
import { creditedScore, sumOver } from './credited-score.ts';
import type { MapSymmetry } from './map-symmetries.ts';

/** How maps are compared. */
export type CalibratedMapOptions = MapComparisonOptions;

/** A score with what it is made of, or why there is none. */
export type CalibratedMapScore =
  | {
      readonly status: 'scored';
      /** (credit − chance) / (1 − chance): at most 1, negative when worse than a blind guess. */
      readonly score: number;
      /** Before the correction, 0…1: 2 · credits of the matches / (imagined + true instances), a soft F1. */
      readonly credit: number;
      /** What a blind guess earns (`chanceLevel`), 0…1. */
      readonly chance: number;
      /** Imagined instances beyond the true number of their category. */
      readonly invented: number;
      /** True instances beyond the imagined number of their category. */
      readonly missing: number;
      /** How the imagined map was moved to lie best on the true one. */
      readonly symmetry: MapSymmetry;
      /** The soft F1 of each category of the true map that was drawn, by its name in lower case. */
      readonly categories: ReadonlyMap<string, number>;
    }
  | { readonly status: 'abstained'; readonly reason: string };

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
  return creditedScore(compareMaps(imagined, truth, options), {
    ofMap: (categories) =>
      (2 * sumOver(categories, ({ credit }) => credit)) /
      sumOver(categories, (one) => one.imagined + one.true),
    ofCategory: (one) => (2 * one.credit) / (one.imagined + one.true),
  });
}
