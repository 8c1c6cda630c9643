/** The greedy matching of many points: those that lie in the same cell are held against others together. */
import type { Cell } from '../../../spec/index.ts';
import { groupByCell } from './cell-groups.ts';
import type { CellGroup } from './cell-groups.ts';
import { checkTrueCells } from '../read/map-limits.ts';
import type { Match } from '../read/point-map.ts';

/** Points of one cell that are still free: those from `next` on. */
interface FreePoints {
  readonly indices: readonly number[];
  next: number;
}

/** Two cells whose points may be paired. */
interface CellPair {
  readonly predicted: FreePoints;
  readonly truth: FreePoints;
  readonly distance: number;
}

/**
 * The same pairs as `greedyMatches` in the same order.
 *
 * @throws RangeError when the true points lie in more than `MOST_TRUE_CELLS` different cells.
 */
export function greedyMatchesByCell(
  predicted: readonly Cell[],
  truth: readonly Cell[],
): readonly Match[] {
  const trueGroups = groupByCell(truth);
  checkTrueCells(trueGroups.length);
  const pairs = pairsOf(groupByCell(predicted), trueGroups, truth.length);
  const matches: Match[] = [];
  const most = Math.min(predicted.length, truth.length);
  for (let start = 0; start < pairs.length && matches.length < most;) {
    let end = start;
    while (end < pairs.length && pairs[end]!.distance === pairs[start]!.distance) end++;
    matchEquals(pairs.slice(start, end), matches);
    start = end;
  }
  return matches;
}

/** Nearest first; of each true cell only as many near ones as can matter. */
function pairsOf(
  predictedGroups: readonly CellGroup[],
  trueGroups: readonly CellGroup[],
  limit: number,
): readonly CellPair[] {
  const free = predictedGroups.map(({ indices }) => ({ indices, next: 0 }));
  const pairs: CellPair[] = [];
  const distances = new Float64Array(predictedGroups.length);
  for (const {
    cell: [x, y],
    indices,
  } of trueGroups) {
    const truth = { indices, next: 0 };
    for (let at = 0; at < distances.length; at++) {
      const { cell } = predictedGroups[at]!;
      const dx = cell[0] - x;
      const dy = cell[1] - y;
      distances[at] = Math.sqrt(dx * dx + dy * dy);
    }
    const bound = smallest(distances, limit);
    for (let at = 0; at < distances.length; at++) {
      const distance = distances[at]!;
      if (distance <= bound) pairs.push({ predicted: free[at]!, truth, distance });
    }
  }
  return pairs.sort((a, b) => (a.distance === b.distance ? 0 : a.distance < b.distance ? -1 : 1));
}

/** The value that comes last of so many smallest ones; a buffer of twice as many is cut back whenever it is full. */
function smallest(values: Float64Array, count: number): number {
  if (values.length <= count) return Infinity;
  const kept = new Float64Array(2 * count);
  let size = 0;
  let bound = Infinity;
  for (const value of values) {
    if (!(value < bound)) continue;
    kept[size++] = value;
    if (size < kept.length) continue;
    kept.sort();
    size = count;
    bound = kept[count - 1]!;
  }
  return size < count ? Infinity : kept.subarray(0, size).sort()[count - 1]!;
}

/** Of pairs that are equally far apart, the first predicted point takes the first true one, and so on. */
function matchEquals(pairs: readonly CellPair[], matches: Match[]): void {
  const partners = new Map<FreePoints, FreePoints[]>();
  for (const { predicted, truth } of pairs) {
    if (isUsedUp(predicted) || isUsedUp(truth)) continue;
    const known = partners.get(predicted);
    if (known === undefined) partners.set(predicted, [truth]);
    else known.push(truth);
  }
  const distance = pairs[0]!.distance;
  for (;;) {
    let first: FreePoints | undefined;
    for (const predicted of partners.keys()) {
      if (isUsedUp(predicted)) partners.delete(predicted);
      else if (first === undefined || headOf(predicted) < headOf(first)) first = predicted;
    }
    if (first === undefined) return;
    const taken = firstOf(partners.get(first)!);
    if (taken === undefined) {
      partners.delete(first);
      continue;
    }
    matches.push({ predicted: headOf(first), true: headOf(taken), distance });
    first.next++;
    taken.next++;
  }
}

function firstOf(groups: readonly FreePoints[]): FreePoints | undefined {
  let first: FreePoints | undefined;
  for (const group of groups) {
    if (isUsedUp(group)) continue;
    if (first === undefined || headOf(group) < headOf(first)) first = group;
  }
  return first;
}

function headOf({ indices, next }: FreePoints): number {
  return indices[next]!;
}

function isUsedUp({ indices, next }: FreePoints): boolean {
  return next === indices.length;
}
