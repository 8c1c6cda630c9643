/**
 * How much better than a blind guess an imagined map is: 1 for the true map, about 0 for random cells and for everything at the
 * center, less for worse. Unlike SpaceR's score (`scoreMap`), which a blind guess with right counts brings to 0.7 or 0.8, it
 * is decided by where things are. `docs/map-reward.md` has the measurements that it was chosen by.
 */
import type { Cell, GridSize } from '../../../spec/index.ts';
import { byLowerCaseCategory } from '../read/cognitive-map.ts';
import { chanceLevel } from './map-chance.ts';
import type { PointMap } from '../read/point-map.ts';
import type { MapSymmetries, MapSymmetry } from './map-symmetries.ts';
import { inverseSymmetry, moveCell, symmetryElements } from './map-symmetries.ts';
import { DEFAULT_REACH } from '../match/match-credit.ts';
import { optimalCredit } from '../match/optimal-credit.ts';

/** How maps are compared. */
export interface CalibratedMapOptions {
  /** Cells along a side, a whole number; 10 by default. */
  readonly grid?: GridSize;
  /** Cells at which a match is worth a ninth (`matchCredit`); 4 by default. */
  readonly reach?: number;
  /** Which turned or mirrored maps count as the same; `none` by default. `symmetriesOfQuestion` finds those of a question. */
  readonly symmetries?: MapSymmetries;
}

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
    }
  | { readonly status: 'abstained'; readonly reason: string };

type Points = ReadonlyMap<string, readonly Cell[]>;

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
  const [total, trueTotal] = [countOf(points), countOf(truePoints)];
  const { credit, symmetry } = bestCredit(points, truePoints, { grid, reach, symmetries });
  const softF1 = (2 * credit) / (total + trueTotal);
  const shared = [...truePoints].reduce(
    (sum, [category, cells]) => sum + Math.min(cells.length, points.get(category)?.length ?? 0),
    0,
  );
  return {
    status: 'scored',
    score: (softF1 - chance) / (1 - chance),
    credit: softF1,
    chance,
    invented: total - shared,
    missing: trueTotal - shared,
    symmetry,
  };
}

/** Moves the few true points backwards instead of the many imagined ones forwards. */
function bestCredit(
  points: Points,
  truePoints: Points,
  { grid, reach, symmetries }: Required<CalibratedMapOptions>,
): { readonly credit: number; readonly symmetry: MapSymmetry } {
  let best = { credit: -1, symmetry: symmetryElements(symmetries)[0]! };
  for (const symmetry of symmetryElements(symmetries)) {
    const inverse = inverseSymmetry(symmetry);
    let credit = 0;
    for (const [category, cells] of truePoints) {
      const imagined = points.get(category);
      if (imagined === undefined) continue;
      const moved = cells.map((cell) => moveCell(cell, inverse, grid));
      credit += optimalCredit(imagined, moved, reach);
    }
    if (credit > best.credit) best = { credit, symmetry };
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

function countOf(points: Points): number {
  return [...points.values()].reduce((count, cells) => count + cells.length, 0);
}
