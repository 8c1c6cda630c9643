/**
 * A score of maps whose maximum is reached by seeing better, and not by leaving out what is hard to see: SpaceR's score follows
 * counts (`scoreMap`), and the soft F1 of `calibratedMapScore` earns more when an object is left out whose place is uncertain.
 *
 *     credit = (Σ k − chance · invented) / true instances
 *     score  = (credit − chance) / (1 − chance)
 *
 * with k what a match earns (`matchCredit`) and `chance` what a blind guess earns for an instance. So a missing instance earns nothing
 * where a guess would have earned something, and an invented one costs what a blind one earns. Whoever sees nothing of a place and
 * believes with probability p that something stands there, draws it from p = ½ on, and the sooner the better it is seen: at
 * chance / (chance + E k).
 */
import type { PointMap } from '../read/point-map.ts';
import type { CalibratedMapScore } from './calibrated-map-score.ts';
import { compareMaps, miscounts } from './compare-maps.ts';
import type { MapComparisonOptions } from './compare-maps.ts';

/**
 * Scores an imagined map: 1 for the true one and nothing else, 0 for a blind guess with the right counts, less for worse; there is no least
 * value, for any number of instances can be invented. Its `credit` and `categories` are those of the formula above, the latter by category.
 *
 * @throws What `compareMaps` throws; it abstains where that does.
 * @example placesMapScore({ chair: [[1, 2]] }, { chair: [[1, 2]], desk: [[8, 7]] }) // credit 1/2
 */
export function placesMapScore(
  imagined: PointMap,
  truth: PointMap,
  options: MapComparisonOptions = {},
): CalibratedMapScore {
  const compared = compareMaps(imagined, truth, options);
  if (compared.status === 'abstained') return compared;
  const { categories, chance, symmetry } = compared;
  const counts = miscounts(categories);
  let [credits, instances] = [0, 0];
  for (const one of categories) {
    credits += one.credit;
    instances += one.true;
  }
  const credit = (credits - chance * counts.invented) / instances;
  const drawn = categories.filter((one) => one.true > 0 && one.imagined > 0);
  return {
    status: 'scored',
    score: (credit - chance) / (1 - chance),
    credit,
    chance,
    ...counts,
    symmetry,
    categories: new Map(
      drawn.map((one) => {
        const invented = Math.max(0, one.imagined - one.true);
        return [one.category, (one.credit - chance * invented) / one.true];
      }),
    ),
  };
}
