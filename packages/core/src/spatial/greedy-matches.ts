/** Pairs points of two sets, nearest first. */
import type { Cell } from '../spec/index.ts';

/** A predicted and a true point that belong together. */
export interface Match {
  readonly predicted: number;
  readonly true: number;
  /** Euclidean, in cells. */
  readonly distance: number;
}

/**
 * Takes the pairs in the order of (distance, index of the predicted, index of the true point) and keeps each whose points are both
 * still free: SpaceR's matching, which with three or more points can differ from the optimal assignment.
 *
 * A true point can lose at most as many candidates as there are other true points, so only its nearest few are looked at:
 * the time is linear in the number of predicted points.
 */
export function greedyMatches(
  predicted: readonly Cell[],
  truth: readonly Cell[],
): readonly Match[] {
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
