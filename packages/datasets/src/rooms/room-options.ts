import { CAMERA_PATHS, type CameraPath } from './camera.ts';

/** Options of generated rooms. */
export interface RoomOptions {
  /** Most instances of one category in a room; questions count up to this. */
  readonly maxInstances: number;
  /** The camera paths to choose from, each as likely as the others. */
  readonly cameraPaths: readonly CameraPath[];
}

/** A camera that walks in, and at most two instances a category. */
export const DEFAULT_ROOM_OPTIONS: RoomOptions = {
  maxInstances: 2,
  cameraPaths: [CAMERA_PATHS[0]],
};

/** Room sides lie between these, in meters: a room just fits on the 7 m wide grid. */
export const ROOM_SIDE_M: readonly [least: number, greatest: number] = [3.5, 7];
