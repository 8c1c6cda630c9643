/** The map grid of scans, as in VSI-Bench: the extent of all boxes, stretched onto 10×10 cells in both directions. */
import type { Cell } from '@loci/core';
import { GRID_CELLS } from '../rooms/grid.ts';

/** The floor area of a box, in meters. */
export interface FloorExtent {
  readonly min: readonly [x: number, y: number, ...rest: number[]];
  readonly max: readonly [x: number, y: number, ...rest: number[]];
}

/** The cell of a point of the floor, given everything that the grid spans. */
export function stretchedGrid(
  extents: readonly FloorExtent[],
): (point: readonly [x: number, y: number, ...rest: number[]]) => Cell {
  const along = (axis: 0 | 1): ((meters: number) => number) => {
    const least = extents.reduce((value, { min }) => Math.min(value, min[axis]), Infinity);
    const most = extents.reduce((value, { max }) => Math.max(value, max[axis]), -Infinity);
    // Things without any extent are all in the first cell.
    const extent = most - least || 1;
    return (meters) =>
      Math.min(GRID_CELLS - 1, Math.max(0, Math.floor(((meters - least) / extent) * GRID_CELLS)));
  };
  const [column, row] = [along(0), along(1)];
  return ([x, y]) => [column(x), row(y)];
}
