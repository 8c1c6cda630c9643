/**
 * The metric grid of the cognitive map: 10×10 cells of 0.7 m, origin at the room's center. Columns grow to the right and
 * rows to the front of the camera as it enters, so cell [0, 0] is the near left corner of a 7 m wide room, and distances
 * in meters follow from the map.
 */
import type { Cell, CognitiveMap } from '@loci/core';

/** Cells along one side of the map. */
export const GRID_CELLS = 10;

/** Side of a cell in meters. */
export const CELL_M = 0.7;

/** The cell of a point given in meters from the room's center; points beyond the grid go to its border. */
export function cellOf(centre: readonly [x: number, y: number]): Cell {
  const index = (meters: number): number =>
    Math.min(GRID_CELLS - 1, Math.max(0, Math.floor(meters / CELL_M + GRID_CELLS / 2)));
  return [index(centre[0]), index(centre[1])];
}

/** The map of placed things: categories in alphabetical order, points sorted by column, then row. */
export function mapOfCells(
  things: readonly { readonly category: string; readonly cell: Cell }[],
): CognitiveMap {
  const map: Record<string, Cell[]> = {};
  for (const category of [...new Set(things.map((thing) => thing.category))].sort()) {
    map[category] = things
      .filter((thing) => thing.category === category)
      .map((thing) => thing.cell)
      .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  }
  return map;
}

/** The true cognitive map of a room: every piece of furniture, no decor. */
export function cognitiveMapOf(scene: {
  readonly objects: readonly {
    readonly category: string;
    readonly centre: readonly [x: number, y: number];
  }[];
}): CognitiveMap {
  return mapOfCells(
    scene.objects.map(({ category, centre }) => ({ category, cell: cellOf(centre) })),
  );
}
