/** What the points of two sets earn when they are paired so that the pairs are worth most together. */
import type { Cell } from '../spec/index.ts';
import { bestAssignment } from './best-assignment.ts';
import { DEFAULT_REACH, matchCredit } from './match-credit.ts';

/**
 * The most that pairs of predicted and true points can earn together, each pair its `matchCredit`; a point that is not finite earns
 * nothing.
 *
 * A true point can lose at most as many candidates as there are other true points, so of many predicted points only its nearest
 * few are looked at: the time is linear in their number.
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
  return assigned(few, truth, reach).reduce(
    (sum, [candidate, trueIndex]) =>
      sum + matchCredit(distanceBetween(few[candidate]!, truth[trueIndex]!), reach),
    0,
  );
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
