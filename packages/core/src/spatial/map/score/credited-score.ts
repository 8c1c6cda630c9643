/** The common form of the map scores that credit matches: what a blind guess earns is 0, the true map is 1. */
import type { CalibratedMapScore } from './calibrated-map-score.ts';
import { miscounts } from './compare-maps.ts';
import type { ComparedCategory, MapComparison } from './compare-maps.ts';

/** How matches become credit. @param chance the credit of a blind guess for an instance. */
export interface CreditRule {
  /** The credit of a whole map; 1 for the true one. */
  ofMap(categories: readonly ComparedCategory[], chance: number): number;
  /** The credit of a category that both maps have; 1 where it is drawn as it is. */
  ofCategory(category: ComparedCategory, chance: number): number;
}

/** Scores a comparison by a rule; abstains where the comparison does. */
export function creditedScore(compared: MapComparison, rule: CreditRule): CalibratedMapScore {
  if (compared.status === 'abstained') return compared;
  const { categories, chance, symmetry } = compared;
  const credit = rule.ofMap(categories, chance);
  const drawn = categories.filter((one) => one.true > 0 && one.imagined > 0);
  return {
    status: 'scored',
    score: (credit - chance) / (1 - chance),
    credit,
    chance,
    ...miscounts(categories),
    symmetry,
    categories: new Map(drawn.map((one) => [one.category, rule.ofCategory(one, chance)])),
  };
}

/** The sum of a number over categories. */
export function sumOver(
  categories: readonly ComparedCategory[],
  number: (category: ComparedCategory) => number,
): number {
  return categories.reduce((sum, category) => sum + number(category), 0);
}
