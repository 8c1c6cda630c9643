/**
 * A score of maps that rises by seeing better, and not by leaving out what is hard to see: SpaceR's score follows
 * counts (`scoreMap`), and the soft F1 of `calibratedMapScore` earns more when an object is left out whose place is uncertain.
 *
 *     credit = (Σ k − chance · invented) / true instances
 *     score  = (credit − chance) / (1 − chance)
 *
 * where k is the credit of a match (`matchCredit`) and `chance` the credit of a blind guess for an instance. A missing instance earns
 * nothing where a guess would have earned something, and an invented one costs what a blind guess earns, or a share of it. Let p be the model's belief that
 * an object exists. If it cannot see the object's place, drawing the object pays from p = ½ on; the better it sees the place, the earlier
 * drawing pays: from p = chance / (chance + E k) on.
 */
import type { PointMap } from '../read/point-map.ts';
import { compareMaps, miscounts } from './compare-maps.ts';
import type { MapComparisonOptions } from './compare-maps.ts';
import { creditedScore, sumOver } from './credited-score.ts';
import type { CalibratedMapScore, CreditRule } from './credited-score.ts';

/** How maps are compared, and what an invented instance costs. */
export interface PlacesMapOptions extends MapComparisonOptions {
  /**
   * Cost of an invented instance in what a blind guess earns; 1 by default. Drawing an object whose place cannot be seen pays from a
   * belief of `cost / (1 + cost)` on that it exists.
   */
  readonly inventedCost?: number;
}

/** The rule of `placesMapScore`. A category that is missing earns 0, and one that is not there costs for each instance. */
export function placesCredit(inventedCost = 1): CreditRule {
  return {
    ofMap: (categories, chance) =>
      (sumOver(categories, ({ credit }) => credit) -
        inventedCost * chance * miscounts(categories).invented) /
      sumOver(categories, (one) => one.true),
    ofCategory: (one, chance) =>
      (one.credit - inventedCost * chance * Math.max(0, one.imagined - one.true)) /
      Math.max(1, one.true),
  };
}

/**
 * Scores an imagined map: 1 for the true one and nothing else, 0 for a blind guess with the right counts, less for worse; there is no least
 * value, for any number of instances can be invented. Its `credit` is that of the formula above.
 *
 * @throws The errors of `compareMaps`; it abstains where `compareMaps` does.
 * @example placesMapScore({ chair: [[1, 2]] }, { chair: [[1, 2]], desk: [[8, 7]] }) // credit 1/2
 */
export function placesMapScore(
  imagined: PointMap,
  truth: PointMap,
  { inventedCost, ...options }: PlacesMapOptions = {},
): CalibratedMapScore {
  return creditedScore(compareMaps(imagined, truth, options), placesCredit(inventedCost));
}
