/**
 * How like the true map an imagined one is (SpaceR, arXiv 2504.01805, section 3.2): instances of a category are matched
 * nearest first, each match is worth 1 − distance / diagonal, missing and surplus instances cost, and categories weigh by
 * their true instances.
 */
import type { Cell, GridSize } from '../../../spec/index.ts';
import { byLowerCaseCategory } from '../read/cognitive-map.ts';
import type { Compatibility } from '../../answer/compat.ts';
import { greedyMatches } from '../match/greedy-matches.ts';
import type { PointMap } from '../read/point-map.ts';

/** How maps are compared. */
export interface MapScoreOptions extends Compatibility {
  /** Cells along a side; 10 by default. */
  readonly grid?: GridSize;
  /** What an instance of a category that is not in the true map costs, in true instances. 0 by default: nothing. */
  readonly surplusWeight?: number;
}

/**
 * The score, 0…1.
 *
 * With `compat: 'spacer'` categories are compared as they are written, and what the reference cannot compute is an error:
 * a true map without points before an imagined one with categories, and coordinates that are not finite. Without it, case does not
 * matter, the first case scores 0, and a point that is not finite matches nothing.
 *
 * @throws RangeError for a grid that is not positive; TypeError for points that are not pairs; see above.
 */
export function scoreMap(
  imagined: PointMap,
  truth: PointMap,
  options: MapScoreOptions = {},
): number {
  const { grid = 10, surplusWeight = 0, compat } = options;
  if (!(grid > 0)) throw new RangeError(`The grid must have a positive size, not ${grid}.`);
  const points = categoriesOf(imagined, compat);
  const truePoints = categoriesOf(truth, compat);
  const total = sum([...truePoints.values()].map((cells) => cells.length));
  if (total === 0) return scoreWithoutTruth(points, compat);
  const diagonal = grid * Math.SQRT2;
  let score = 0;
  for (const [category, trueCells] of truePoints) {
    const cells = points.get(category) ?? [];
    if (cells.length === 0 || trueCells.length === 0) continue;
    const matches = greedyMatches(pairs(cells, compat), pairs(trueCells, compat));
    const matched = sum(matches.map(({ distance }) => Math.max(0, 1 - distance / diagonal)));
    score += (matched / Math.max(cells.length, trueCells.length)) * trueCells.length;
  }
  const surplus = sum(
    Array.from(points, ([category, cells]) => (truePoints.has(category) ? 0 : cells.length)),
  );
  return score / (total + surplusWeight * surplus);
}

function categoriesOf(
  map: PointMap,
  compat: Compatibility['compat'],
): ReadonlyMap<string, readonly (readonly number[])[]> {
  return compat === 'spacer' ? new Map(Object.entries(map)) : byLowerCaseCategory(map);
}

/** Nothing is true: nothing imagined is right. */
function scoreWithoutTruth(
  points: ReadonlyMap<string, readonly unknown[]>,
  compat: Compatibility['compat'],
): number {
  if (compat === 'spacer' && points.size > 0) {
    throw new TypeError('The true map has no points, the imagined one has categories.');
  }
  return [...points.values()].every((cells) => cells.length === 0) ? 1 : 0;
}

function pairs(
  points: readonly (readonly number[])[],
  compat: Compatibility['compat'],
): readonly Cell[] {
  for (const point of points) {
    const x = point[0];
    const y = point[1];
    if (x === undefined || y === undefined || point.length > 2) {
      throw new TypeError(`A point needs two coordinates, not ${point.length}.`);
    }
    if (compat === 'spacer' && !(Number.isFinite(x) && Number.isFinite(y))) {
      throw new RangeError('A coordinate is beyond the range of a double.');
    }
  }
  return points as readonly Cell[];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
