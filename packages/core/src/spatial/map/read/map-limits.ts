/** How large a map may be. A map of a room has dozens of points; these limits keep other texts from occupying a processor. */
import type { PointMap } from './point-map.ts';

/** Points that a map may have; one with more is not valid. */
export const MOST_MAP_POINTS = 5000;

/** Different cells that the points of one category of a true map may lie in; the grid of 10 × 10 has 100. */
export const MOST_TRUE_CELLS = 1000;

/**
 * Why a map is too large to be scored; `undefined` when it is not.
 *
 * @param what The map's name at the start of the sentence, such as `the map`.
 */
export function mapTooLarge(map: PointMap, what: string): string | undefined {
  let points = 0;
  for (const name of Object.keys(map)) points += map[name]!.length;
  if (points <= MOST_MAP_POINTS) return undefined;
  return `${what} has ${points} points, and a map may have ${MOST_MAP_POINTS}`;
}

/** @throws RangeError when the points of a category of the true map lie in more cells than `MOST_TRUE_CELLS`. */
export function checkTrueCells(different: number): void {
  if (different <= MOST_TRUE_CELLS) return;
  throw new RangeError(
    `A category of the true map lies in ${different} different cells, and ${MOST_TRUE_CELLS} can be matched; put its points on the grid of 10 × 10.`,
  );
}
