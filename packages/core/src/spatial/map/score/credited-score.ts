/** The common form of the map scores that credit matches: what a blind guess earns is 0, the true map is 1. */
import { miscounts } from './compare-maps.ts';
import type { ComparedCategory, MapComparison } from './compare-maps.ts';
import type { MapSymmetry } from './map-symmetries.ts';

/** A score with what it is made of, or why there is none. */
export type CalibratedMapScore =
  | {
      readonly status: 'scored';
      /** (credit − chance) / (1 − chance): at most 1, negative when worse than a blind guess. */
      readonly score: number;
      /** Before the correction: the credit of the whole map by the rule of the score, 1 for the true one. */
      readonly credit: number;
      /** What a blind guess earns (`chanceLevel`), 0…1. */
      readonly chance: number;
      /** Imagined instances beyond the true number of their category. */
      readonly invented: number;
      /** True instances beyond the imagined number of their category. */
      readonly missing: number;
      /** How the imagined map was moved to lie best on the true one. */
      readonly symmetry: MapSymmetry;
      /** The compared categories; `CreditRule.ofCategory` tells the credit of one. */
      readonly categories: readonly ComparedCategory[];
    }
  | { readonly status: 'abstained'; readonly reason: string };

/** How matches become credit. @param chance the credit of a blind guess for an instance. */
export interface CreditRule {
  /** The credit of a whole map; 1 for the true one. */
  ofMap(categories: readonly ComparedCategory[], chance: number): number;
  /** The credit of one category, drawn or not, there or not; 1 where it is drawn as it is. */
  ofCategory(category: ComparedCategory, chance: number): number;
}

/** Scores a comparison by a rule; abstains where the comparison does. */
export function creditedScore(compared: MapComparison, rule: CreditRule): CalibratedMapScore {
  if (compared.status === 'abstained') return compared;
  const { categories, chance, symmetry } = compared;
  const credit = rule.ofMap(categories, chance);
  return {
    status: 'scored',
    score: (credit - chance) / (1 - chance),
    credit,
    chance,
    ...miscounts(categories),
    symmetry,
    categories,
  };
}

/** The sum of a number over categories. */
export function sumOver(
  categories: readonly ComparedCategory[],
  number: (category: ComparedCategory) => number,
): number {
  return categories.reduce((sum, category) => sum + number(category), 0);
}
