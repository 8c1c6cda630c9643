/** Maps of a scene in further forms than SpaceR's: MindCube's objects and views on a grid, and boxes in meters seen from above. */

/** The direction in which something faces on a map whose rows grow downward; `inner` faces into the picture and `outer` out of it. */
export type Facing = 'up' | 'right' | 'down' | 'left' | 'inner' | 'outer';

/** A thing or a view on the grid: column x from the left and row y from the top, 0…9. */
export interface PlacedOnGrid {
  /** `chair`, or `chair 1` when there are several. */
  readonly name: string;
  readonly position: readonly [x: number, y: number];
  readonly facing?: Facing;
}

/** A box seen from above, in meters: its center, and its extent along both axes. */
export interface BoxFromAbove {
  readonly name: string;
  readonly centre: readonly [x: number, y: number];
  readonly size: readonly [width: number, depth: number];
}

/** Things and the views of a camera on a 10×10 grid (MindCube's augmented map). */
export interface ViewMap {
  readonly format: 'mindcube';
  readonly objects: readonly PlacedOnGrid[];
  readonly views: readonly PlacedOnGrid[];
}

/** Boxes in meters, x to the right and y ahead of the camera's start (after Video2Layout, arXiv 2511.16160). */
export interface BoxMap {
  readonly format: 'boxes';
  readonly boxes: readonly BoxFromAbove[];
}

/** A map in one of these forms. */
export type SceneMap = ViewMap | BoxMap;
