/**
 * Figures of how well a map is known, for reports and never as a reward. The map score is dominated by counts and flat in
 * position (a blind guess at the center with right counts scores 0.8); these separate the two.
 */
import type { Cell, CognitiveMap } from '../../../spec/index.ts';
import { byLowerCaseCategory } from '../read/cognitive-map.ts';
import { countNear } from '../match/count-near.ts';

/** How near an imagined map is to the truth. Figures without anything to measure are absent. */
export interface MapAccuracy {
  /** Share of true instances that have a predicted point of their own at most one column and one row away. */
  readonly withinOneCell?: number;
  /**
   * Mean Euclidean distance, in cells, over the categories with exactly one instance in both maps; always finite. A category whose distance is
   * beyond the range of a double is left out.
   */
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
      const error = distance(cells[0]!, trueCells[0]!);
      if (Number.isFinite(error)) errors.push(error);
    }
  }
  return {
    withinOneCell: near / instances,
    countAccuracy: rightCounts / truePoints.length,
    ...(errors.length > 0 && {
      meanCellError: meanOf(errors),
    }),
  };
}

/** Finite for any two cells of finite numbers, however far apart, as long as their distance is. */
function distance([x, y]: Cell, [trueX, trueY]: Cell): number {
  const length = Math.sqrt((x - trueX) ** 2 + (y - trueY) ** 2);
  return Number.isFinite(length) ? length : Math.hypot(x - trueX, y - trueY);
}

/** Finite, even where the sum is not. */
function meanOf(errors: readonly number[]): number {
  const mean = errors.reduce((total, error) => total + error, 0) / errors.length;
  if (Number.isFinite(mean)) return mean;
  return errors.reduce((total, error) => total + error / errors.length, 0);
}
