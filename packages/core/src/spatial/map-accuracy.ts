/**
 * Figures that say how well a map is known, for reports and never as a reward. The map score is dominated by counts and flat in
 * position (a blind guess at the centre with right counts scores 0.8); these separate the two.
 */
import type { Cell, CognitiveMap } from '../spec/index.ts';
import { byLowerCaseCategory } from './cognitive-map.ts';

/** How near an imagined map is to the truth. Figures without anything to measure are absent. */
export interface MapAccuracy {
  /** Share of true instances that have a predicted point of their own at most one column and one row away. */
  readonly withinOneCell?: number;
  /** Mean Euclidean distance, in cells, over the categories with exactly one instance in both maps. */
  readonly meanCellError?: number;
  /** Share of true categories whose number of instances is right. */
  readonly countAccuracy?: number;
}

/** Compares an imagined map with the true one; the case of categories does not matter. */
export function mapAccuracy(imagined: CognitiveMap, truth: CognitiveMap): MapAccuracy {
  const points = byLowerCaseCategory(imagined);
  const truePoints = [...byLowerCaseCategory(truth)].filter(([, cells]) => cells.length > 0);
  if (truePoints.length === 0) return {};
  const errors: number[] = [];
  let instances = 0;
  let near = 0;
  let rightCounts = 0;
  for (const [category, trueCells] of truePoints) {
    const cells = points.get(category) ?? [];
    instances += trueCells.length;
    near += countNear(cells, trueCells);
    if (cells.length === trueCells.length) rightCounts++;
    if (cells.length === 1 && trueCells.length === 1) {
      errors.push(distance(cells[0]!, trueCells[0]!));
    }
  }
  return {
    withinOneCell: near / instances,
    countAccuracy: rightCounts / truePoints.length,
    ...(errors.length > 0 && {
      meanCellError: errors.reduce((total, error) => total + error, 0) / errors.length,
    }),
  };
}

/** The most true points that can each have a near point of their own (augmenting paths). */
function countNear(cells: readonly Cell[], trueCells: readonly Cell[]): number {
  const ownerOf = new Map<number, number>();
  const claim = (owner: number, visited: Set<number>): boolean =>
    cells.some((cell, index) => {
      if (visited.has(index) || !isNear(cell, trueCells[owner]!)) return false;
      visited.add(index);
      const rival = ownerOf.get(index);
      if (rival !== undefined && !claim(rival, visited)) return false;
      ownerOf.set(index, owner);
      return true;
    });
  return trueCells.filter((_, owner) => claim(owner, new Set())).length;
}

function isNear([x, y]: Cell, [trueX, trueY]: Cell): boolean {
  return Math.abs(x - trueX) <= 1 && Math.abs(y - trueY) <= 1;
}

function distance([x, y]: Cell, [trueX, trueY]: Cell): number {
  return Math.sqrt((x - trueX) ** 2 + (y - trueY) ** 2);
}
