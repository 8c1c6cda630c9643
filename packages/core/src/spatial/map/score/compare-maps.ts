/** The common part of map scores: imagined and true points by category, how well they match, and the credit of a blind guess. */
import type { Cell, GridSize } from '../../../spec/index.ts';
import { DEFAULT_REACH } from '../match/match-credit.ts';
import { optimalCredit } from '../match/optimal-credit.ts';
import { byLowerCaseCategory } from '../read/cognitive-map.ts';
import type { PointMap } from '../read/point-map.ts';
import { chanceLevel } from './map-chance.ts';
import type { MapSymmetries, MapSymmetry } from './map-symmetries.ts';
import { inverseSymmetry, moveCell, symmetryElements } from './map-symmetries.ts';

/** How maps are compared. */
export interface MapComparisonOptions {
  /** Cells along a side, a whole number; 10 by default. */
  readonly grid?: GridSize;
  /** Cells at which a match is worth a ninth (`matchCredit`); 4 by default. */
  readonly reach?: number;
  /** Which turned or mirrored maps count as the same; `none` by default. `symmetriesOfQuestion` finds those of a question. */
  readonly symmetries?: MapSymmetries;
}

/** A category of either map. */
export interface ComparedCategory {
  /** In lower case. */
  readonly category: string;
  /** The sum of its matches under the optimal assignment (`optimalCredit`). */
  readonly credit: number;
  readonly imagined: number;
  readonly true: number;
}

/** The comparison of two maps, or why there is none. */
export type MapComparison =
  | {
      readonly status: 'compared';
      readonly categories: readonly ComparedCategory[];
      /** The credit of a blind guess for an instance (`chanceLevel`), 0…1. */
      readonly chance: number;
      /** The symmetry that aligns the imagined map best with the true one. */
      readonly symmetry: MapSymmetry;
    }
  | { readonly status: 'abstained'; readonly reason: string };

type Points = ReadonlyMap<string, readonly Cell[]>;

/**
 * Compares an imagined map with the true one. The case of categories does not matter; a point that is not finite matches nothing.
 *
 * It abstains where there is nothing to locate: a true map without points, or one that a blind guess already gets right.
 *
 * @throws RangeError for a grid that is not a positive integer, a reach that is not positive and a true point that is not finite; TypeError
 * for points that are not pairs.
 */
export function compareMaps(
  imagined: PointMap,
  truth: PointMap,
  options: MapComparisonOptions,
): MapComparison {
  const { grid = 10, reach = DEFAULT_REACH, symmetries = 'none' } = options;
  if (!(reach > 0)) throw new RangeError(`The reach must be positive, not ${reach}.`);
  const points = pointsOf(imagined);
  const truePoints = pointsOf(truth);
  const trueCells = [...truePoints.keys()].sort().map((category) => truePoints.get(category)!);
  if (!trueCells.flat(2).every(Number.isFinite)) {
    throw new RangeError('A point of the true map is not finite.');
  }
  if (trueCells.length === 0) return { status: 'abstained', reason: 'the true map has no points' };
  const chance = chanceLevel(trueCells, { grid, reach, symmetries });
  if (chance > 1 - 1e-9) {
    return { status: 'abstained', reason: 'a blind guess gets the true map right' };
  }
  const { credits, symmetry } = bestCredits(points, truePoints, { grid, reach, symmetries });
  const names = new Set([...truePoints.keys(), ...points.keys()]);
  const categories = Array.from(names, (category) => ({
    category,
    credit: credits.get(category) ?? 0,
    imagined: points.get(category)?.length ?? 0,
    true: truePoints.get(category)?.length ?? 0,
  }));
  return { status: 'compared', categories, chance, symmetry };
}

/** Imagined instances beyond the true number of their category, and true ones beyond the imagined number. */
export function miscounts(categories: readonly ComparedCategory[]): {
  readonly invented: number;
  readonly missing: number;
} {
  let [invented, missing] = [0, 0];
  for (const one of categories) {
    invented += Math.max(0, one.imagined - one.true);
    missing += Math.max(0, one.true - one.imagined);
  }
  return { invented, missing };
}

/** Moves the few true points backwards instead of the many imagined ones forwards. */
function bestCredits(
  points: Points,
  truePoints: Points,
  { grid, reach, symmetries }: Required<MapComparisonOptions>,
): { readonly credits: ReadonlyMap<string, number>; readonly symmetry: MapSymmetry } {
  let best = { sum: -1, credits: new Map<string, number>(), symmetry: symmetryElements(symmetries)[0]! }; // prettier-ignore
  for (const symmetry of symmetryElements(symmetries)) {
    const inverse = inverseSymmetry(symmetry);
    const credits = new Map<string, number>();
    let sum = 0;
    for (const [category, cells] of truePoints) {
      const imagined = points.get(category);
      if (imagined === undefined) continue;
      const moved = cells.map((cell) => moveCell(cell, inverse, grid));
      const credit = optimalCredit(imagined, moved, reach);
      credits.set(category, credit);
      sum += credit;
    }
    if (sum > best.sum) best = { sum, credits, symmetry };
  }
  return best;
}

/** Categories in lower case, those without a point left out. */
function pointsOf(map: PointMap): Points {
  const points = new Map<string, readonly Cell[]>();
  for (const [category, cells] of byLowerCaseCategory(map)) {
    if (cells.length === 0) continue;
    if (!cells.every(isPair)) throw new TypeError('A point needs two coordinates.');
    points.set(category, cells);
  }
  return points;
}

function isPair(point: readonly number[]): point is Cell {
  return point.length === 2;
}
