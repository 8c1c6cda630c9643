/** Pairs points of two sets, nearest first. */
import type { Cell } from '../../../spec/index.ts';
import { greedyMatchesByCell } from './greedy-matches-by-cell.ts';
import type { Match } from '../read/point-map.ts';

/** Up to this product of the predicted points and the true ones, squared, pairs are looked at point by point. */
const MOST_PAIRED = 3_000_000;

/** A few true points are looked at one by one however many are predicted. */
const FEW_TRUE = 16;

/**
 * Takes the pairs in the order of (distance, index of the predicted, index of the true point) and keeps each whose points are both
 * still free: SpaceR's matching, which with three or more points can differ from the optimal assignment.
 *
 * A true point can lose at most as many candidates as there are other true points, so only its nearest few are looked at:
 * the time is linear in the number of predicted points. Many true points are paired cell by cell, with the same result.
 *
 * @throws RangeError when many points are held against true points in more than `MOST_TRUE_CELLS` different cells.
 */
export function greedyMatches(
  predicted: readonly Cell[],
  truth: readonly Cell[],
): readonly Match[] {
  if (truth.length > FEW_TRUE && predicted.length * truth.length ** 2 > MOST_PAIRED) {
    return greedyMatchesByCell(predicted, truth);
  }
  const candidates = truth.flatMap((cell, index) => nearest(predicted, cell, index, truth.length));
  candidates.sort(byDistance);
  const usedPredicted = new Set<number>();
  const usedTrue = new Set<number>();
  return candidates.filter((match) => {
    if (usedPredicted.has(match.predicted) || usedTrue.has(match.true)) return false;
    usedPredicted.add(match.predicted);
    usedTrue.add(match.true);
    return true;
  });
}

/** The `limit` nearest predicted points of one true point. */
function nearest(
  predicted: readonly Cell[],
  [x, y]: Cell,
  index: number,
  limit: number,
): readonly Match[] {
  const best: Match[] = [];
  for (let position = 0; position < predicted.length; position++) {
    const cell = predicted[position]!;
    const dx = cell[0] - x;
    const dy = cell[1] - y;
    const distance = Math.sqrt(dx * dx + dy * dy);
    if (best.length === limit && distance >= best[limit - 1]!.distance) continue;
    const after = best.findIndex((match) => match.distance > distance);
    best.splice(after < 0 ? best.length : after, 0, { predicted: position, true: index, distance });
    if (best.length > limit) best.pop();
  }
  return best;
}

function byDistance(a: Match, b: Match): number {
  if (a.distance !== b.distance) return a.distance < b.distance ? -1 : 1;
  return a.predicted - b.predicted || a.true - b.true;
}
