/** A point of the cognitive map: column x and row y of a 10×10 grid, 0…9 each when it lies on the grid. */
export type Cell = readonly [x: number, y: number];

/**
 * A cognitive map (SpaceR, arXiv 2504.01805, section 3): for every object category of a scene the cells in which its
 * instances stand. `{ chair: [[1, 2], [7, 8]], table: [[4, 5]] }` is a scene with two chairs and one table.
 */
export type CognitiveMap = Readonly<Record<string, readonly Cell[]>>;

/** Cells along one side of the cognitive map. */
export type GridSize = number;
