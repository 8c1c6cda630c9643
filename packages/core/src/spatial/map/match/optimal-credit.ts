/** What the points of two sets earn when they are paired so that the pairs are worth most together. */
import type { Cell } from '../../../spec/index.ts';
import { bestAssignment } from './best-assignment.ts';
import { bestShipmentCredit } from './best-shipment.ts';
import { groupByCell } from './cell-groups.ts';
import { checkTrueCells } from '../read/map-limits.ts';
import { DEFAULT_REACH, matchCredit } from './match-credit.ts';

/** Up to this product of the shorter list, squared, and the longer one, points are assigned one by one. */
export const MOST_ASSIGNED = 300_000;

/** What earns less than this is nothing beside what is earned: cells so far away are not looked at where there are many. */
const LEAST_CREDIT = 1e-18;

/**
 * The most that pairs of predicted and true points can earn together, each pair its `matchCredit`; a point that is not finite earns
 * nothing.
 *
 * A true point can lose at most as many candidates as there are other true points, so of many predicted points only its nearest
 * few are looked at: the time is linear in their number. Where many are left, those in the same cell are assigned together, so the time
 * follows from the number of different cells.
 *
 * @throws RangeError when many points are held against true points in more than `MOST_TRUE_CELLS` different cells.
 */
export function optimalCredit(
  predicted: readonly Cell[],
  truth: readonly Cell[],
  reach: number = DEFAULT_REACH,
): number {
  if (truth.length === 1) {
    const [cell] = truth;
    const [x, y] = cell!;
    let least = Infinity;
    for (const point of predicted) {
      const dx = point[0] - x;
      const dy = point[1] - y;
      const square = dx * dx + dy * dy;
      if (square < least) least = square;
    }
    return matchCredit(Math.sqrt(least), reach);
  }
  const few = candidates(predicted, truth);
  const [short, long] = [Math.min(few.length, truth.length), Math.max(few.length, truth.length)];
  if (short ** 2 * long > MOST_ASSIGNED) return creditByCell(few, truth, reach);
  return assigned(few, truth, reach).reduce(
    (sum, [candidate, trueIndex]) =>
      sum + matchCredit(distanceBetween(few[candidate]!, truth[trueIndex]!), reach),
    0,
  );
}

/**
 * The same for many points. Those that lie in one cell are a pair whatever the others do, because the credit is convex (`matchCredit`);
 * what is left is assigned cell by cell.
 */
function creditByCell(points: readonly Cell[], truth: readonly Cell[], reach: number): number {
  const trueGroups = groupByCell(truth);
  checkTrueCells(trueGroups.length);
  const left = new Map(trueGroups.map(({ cell, indices }) => [keyOf(cell), indices.length]));
  let inPlace = 0;
  const groups = groupByCell(points).map(({ cell, indices }) => {
    const both = Math.min(indices.length, left.get(keyOf(cell)) ?? 0);
    if (both > 0) left.set(keyOf(cell), left.get(keyOf(cell))! - both);
    inPlace += both;
    return { cell, units: indices.length - both };
  });
  const takers = trueGroups
    .map(({ cell }) => ({ cell, units: left.get(keyOf(cell))! }))
    .filter(({ units }) => units > 0);
  const senders = groups
    .filter(({ units }) => units > 0)
    .map(({ cell, units }) => ({
      units,
      credits: takers.map((taker) => matchCredit(distanceBetween(taker.cell, cell), reach)),
    }))
    .filter(({ credits }) => credits.some((credit) => credit >= LEAST_CREDIT));
  const shipped = bestShipmentCredit({
    credits: senders.map(({ credits }) => credits),
    supplies: senders.map(({ units }) => units),
    rooms: takers.map(({ units }) => units),
  });
  return inPlace + shipped;
}

function keyOf([x, y]: Cell): string {
  return `${x},${y}`;
}

/** The best pairs of indices; the shorter list has a partner for each of its points. */
function assigned(
  points: readonly Cell[],
  truth: readonly Cell[],
  reach: number,
): readonly (readonly [point: number, trueIndex: number])[] {
  const swapped = points.length > truth.length;
  const [short, long] = swapped ? [truth, points] : [points, truth];
  const credits = new Float64Array(short.length * long.length);
  let position = 0;
  for (const one of short) {
    for (const other of long) credits[position++] = matchCredit(distanceBetween(one, other), reach);
  }
  const columns = bestAssignment({ credits, rows: short.length, columns: long.length });
  return columns.map((column, row) => (swapped ? [column, row] : [row, column]));
}

/** The predicted points that can matter. */
function candidates(predicted: readonly Cell[], truth: readonly Cell[]): readonly Cell[] {
  if (predicted.length <= truth.length ** 2) return predicted;
  const indices = new Set(truth.flatMap((cell) => nearest(predicted, cell, truth.length)));
  return [...indices].map((index) => predicted[index]!);
}

/** The `limit` nearest predicted points of a cell; a buffer of twice as many is cut back whenever it is full. */
function nearest(predicted: readonly Cell[], cell: Cell, limit: number): readonly number[] {
  const [x, y] = cell;
  let kept: { readonly index: number; readonly square: number }[] = [];
  let bound = Infinity;
  const cut = (): void => {
    kept = kept.sort((a, b) => a.square - b.square || a.index - b.index).slice(0, limit);
  };
  for (let index = 0; index < predicted.length; index++) {
    const point = predicted[index]!;
    const dx = point[0] - x;
    const dy = point[1] - y;
    const square = dx * dx + dy * dy;
    if (!(square < bound)) continue;
    kept.push({ index, square });
    if (kept.length < 2 * limit) continue;
    cut();
    bound = kept[limit - 1]!.square;
  }
  cut();
  return kept.map(({ index }) => index);
}

function distanceBetween(one: Cell, other: Cell): number {
  const dx = one[0] - other[0];
  const dy = one[1] - other[1];
  return Math.sqrt(dx * dx + dy * dy);
}
