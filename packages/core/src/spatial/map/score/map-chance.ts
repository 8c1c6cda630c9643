/**
 * What a map earns without a look at the room, from the true map alone: so it is the same for every map that is held against it, and a
 * score corrected by it keeps the order of the uncorrected one.
 */
import type { Cell, GridSize } from '../../../spec/index.ts';
import { deriveSeed, permutation } from '../../../random/seed.ts';
import { bestAssignment } from '../match/best-assignment.ts';
import { bestShipmentCredit } from '../match/best-shipment.ts';
import { groupByCell } from '../match/cell-groups.ts';
import { checkTrueCells } from '../read/map-limits.ts';
import { matchCredit } from '../match/match-credit.ts';
import type { MapSymmetries } from './map-symmetries.ts';
import { moveCell, symmetryElements } from './map-symmetries.ts';
import { MOST_ASSIGNED } from '../match/optimal-credit.ts';

/** How the maps are compared. */
export interface ChanceOptions {
  /** Cells along a side, an integer. */
  readonly grid: GridSize;
  /** See `matchCredit`. */
  readonly reach: number;
  readonly symmetries: MapSymmetries;
}

/** Bounds of the number of random maps; within them their work is bounded, so that crowded scenes are not slow. */
const LEAST_DRAWS = 16;
const MOST_WORK = 20_000;
/** True maps whose chance level is kept. */
const MOST_KEPT = 2000;
const kept = new Map<string, number>();

/**
 * The mean credit per instance, 0…1, of the better of two blind guesses that know categories and counts: random cells, in the mean; and every
 * instance in one cell at the middle of the grid, the best of the four. Where maps may be turned or mirrored, so may the guesses.
 *
 * The random maps are fixed by the true points. Each instance visits every cell of the grid once (Latin hypercube: McKay, Beckman
 * and Conover, Technometrics 21, 1979), so without symmetries, categories of one instance are exact.
 *
 * @param truth The true points of each category; at least one point in all.
 * @throws RangeError when the grid is not a positive integer.
 */
export function chanceLevel(truth: readonly (readonly Cell[])[], options: ChanceOptions): number {
  const { grid, reach, symmetries } = options;
  if (!Number.isInteger(grid) || grid <= 0) {
    throw new RangeError(`The grid must have a positive whole number of cells, not ${grid}.`);
  }
  const key = JSON.stringify([grid, reach, symmetries, truth]);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const level = Math.max(middleLevel(truth, options), randomLevel(truth, options));
  if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value!);
  kept.set(key, level);
  return level;
}

/** Symmetries move the middle cells among themselves. */
function middleLevel(truth: readonly (readonly Cell[])[], { grid, reach }: ChanceOptions): number {
  const points = truth.flat();
  const middle = [...new Set([Math.floor((grid - 1) / 2), Math.ceil((grid - 1) / 2)])];
  const levels = middle.flatMap((x) =>
    middle.map((y) =>
      points.reduce((sum, point) => sum + matchCredit(distanceBetween(point, [x, y]), reach), 0),
    ),
  );
  return Math.max(...levels) / points.length;
}

function randomLevel(
  truth: readonly (readonly Cell[])[],
  { grid, reach, symmetries }: ChanceOptions,
): number {
  const cells = Array.from({ length: grid ** 2 }, (_, index): Cell => [
    index % grid,
    Math.floor(index / grid),
  ]);
  const moved = symmetryElements(symmetries).map((symmetry) =>
    cells.map((cell) => {
      const [x, y] = moveCell(cell, symmetry, grid);
      return y * grid + x;
    }),
  );
  const seed = deriveSeed(grid, 'map-chance', JSON.stringify(truth));
  const categories = truth.map((points, category) => ({
    earn: creditOf(points, cells, reach),
    visits: points.map((_, index) => permutation(cells.length, deriveSeed(seed, category, index))),
  }));
  const work = moved.length * truth.reduce((sum, points) => sum + points.length ** 2, 0);
  const draws = Math.min(cells.length, Math.max(LEAST_DRAWS, Math.floor(MOST_WORK / work)));
  let sum = 0;
  for (let draw = 0; draw < draws; draw++) {
    const earned = moved.map((move) =>
      categories.reduce(
        (total, { earn, visits }) => total + earn(visits.map((visit) => move[visit[draw]!]!)),
        0,
      ),
    );
    sum += Math.max(...earned);
  }
  return sum / draws / truth.flat().length;
}

/** What the points of a category earn with as many imagined ones in given cells of the grid. */
function creditOf(
  points: readonly Cell[],
  cells: readonly Cell[],
  reach: number,
): (places: readonly number[]) => number {
  const creditsAt = (point: Cell): readonly number[] =>
    cells.map((cell) => matchCredit(distanceBetween(point, cell), reach));
  if (points.length ** 3 <= MOST_ASSIGNED) {
    const credits = points.map(creditsAt);
    return (places) => categoryCredit(credits, places);
  }
  const groups = groupByCell(points);
  checkTrueCells(groups.length);
  const credits = groups.map(({ cell }) => creditsAt(cell));
  const supplies = groups.map(({ indices }) => indices.length);
  return (places) => {
    const rooms = new Array<number>(cells.length).fill(0);
    for (const place of places) rooms[place]!++;
    return bestShipmentCredit({ credits, supplies, rooms });
  };
}

/** @param credits By true point and cell of the grid. */
function categoryCredit(
  credits: readonly (readonly number[])[],
  places: readonly number[],
): number {
  const size = places.length;
  if (size === 1) return credits[0]![places[0]!]!;
  const matrix = new Float64Array(size * size);
  credits.forEach((ofCell, row) => {
    places.forEach((place, column) => (matrix[row * size + column] = ofCell[place]!));
  });
  return bestAssignment({ credits: matrix, rows: size, columns: size }).reduce(
    (sum, column, row) => sum + matrix[row * size + column]!,
    0,
  );
}

function distanceBetween([x, y]: Cell, [otherX, otherY]: Cell): number {
  const dx = x - otherX;
  const dy = y - otherY;
  return Math.sqrt(dx * dx + dy * dy);
}
