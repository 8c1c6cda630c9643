/**
 * Camera paths. Every path starts at the south wall (or a southern corner) and films northwards on the whole: that is the
 * room's frame of reference, x to the right and y to the front of who enters. Mirrored paths swap left and right.
 */

/**
 * - `walk-in`: enters in the middle of the south wall, walks 35 % of the depth and pans over 120°.
 * - `corner-pan`: stands in the south-west corner, steps forward a little and pans from wall to wall.
 * - `wall-walk`: walks along the south wall, looking back at first and ahead at last.
 * - `arc`: walks around the center of the room on an arc of 120°, looking at the center.
 */
export const CAMERA_PATHS = ['walk-in', 'corner-pan', 'wall-walk', 'arc'] as const;

/** The name of a camera path. */
export type CameraPath = (typeof CAMERA_PATHS)[number];

type Vector = readonly [x: number, y: number, z: number];

/** Where the camera is and what it looks at; `right`, `up` and `forward` are unit vectors. */
export interface CameraPose {
  readonly eye: Vector;
  readonly right: Vector;
  readonly up: Vector;
  readonly forward: Vector;
}

/** Half the horizontal field of view (90°), as a tangent. */
export const HALF_VIEW_TANGENT = 1;

const EYE_HEIGHT_M = 1.5;
const WALL_GAP_M = 0.4;
const DOWNWARDS = 0.25;

interface Stand {
  readonly x: number;
  readonly y: number;
  /** Degrees to the right of north. */
  readonly yaw: number;
}

/** Where the unmirrored camera stands at time `t`, 0…1; `w` and `d` are half the room's width and depth. */
const STANDS: Readonly<Record<CameraPath, (t: number, w: number, d: number) => Stand>> = {
  'walk-in': (t, _w, d) => ({ x: 0, y: -d + WALL_GAP_M + 0.7 * d * t, yaw: 120 * t - 60 }),
  'corner-pan': (t, w, d) => ({
    x: -w + WALL_GAP_M + 0.3 * w * t,
    y: -d + WALL_GAP_M + 0.3 * d * t,
    yaw: 110 * t - 10,
  }),
  'wall-walk': (t, w, d) => ({
    x: (w - WALL_GAP_M) * (2 * t - 1),
    y: -d + WALL_GAP_M,
    yaw: 70 * t - 35,
  }),
  arc: (t, w, d) => {
    const angle = ((120 * t - 60) * Math.PI) / 180;
    const x = (w - WALL_GAP_M) * Math.sin(angle);
    const y = -(d - WALL_GAP_M) * Math.cos(angle);
    return { x, y, yaw: (Math.atan2(-x, -y) * 180) / Math.PI };
  },
};

/**
 * The camera at time `t` of the clip, 0…1.
 * @param size Width and depth of the room in meters.
 */
export function cameraAt(
  path: CameraPath,
  mirrored: boolean,
  size: readonly [width: number, depth: number, ...rest: number[]],
  t: number,
): CameraPose {
  const stand = STANDS[path](t, size[0] / 2, size[1] / 2);
  const side = mirrored ? -1 : 1;
  const yaw = (side * stand.yaw * Math.PI) / 180;
  const length = Math.hypot(1, DOWNWARDS);
  const [sin, cos] = [Math.sin(yaw), Math.cos(yaw)];
  return {
    eye: [side * stand.x, stand.y, EYE_HEIGHT_M],
    right: [cos, -sin, 0],
    up: [(sin * DOWNWARDS) / length, (cos * DOWNWARDS) / length, 1 / length],
    forward: [sin / length, cos / length, -DOWNWARDS / length],
  };
}

/** The side to which a camera turns. */
export type Turn = 'left' | 'right';

/** To which side the camera turns from the first frame of a path to the last. */
export function turnOf(path: CameraPath, mirrored: boolean): Turn {
  const { yaw: from } = STANDS[path](0, 1, 1);
  const { yaw: to } = STANDS[path](1, 1, 1);
  return to > from === mirrored ? 'left' : 'right';
}

/** Whether a point is inside the field of view, as if nothing stood before it; frames are taken to be 3 wide and 2 high. */
export function isInView({ eye, right, up, forward }: CameraPose, point: Vector): boolean {
  const along = (axis: Vector): number =>
    (point[0] - eye[0]) * axis[0] + (point[1] - eye[1]) * axis[1] + (point[2] - eye[2]) * axis[2];
  const depth = along(forward) * HALF_VIEW_TANGENT;
  return depth > 0 && Math.abs(along(right)) < depth && Math.abs(along(up)) < (depth * 2) / 3;
}

/** Time of a frame on the clip, 0…1: the first frame is the start of the path and the last one its end. */
export function frameTime(frame: number, frameCount: number): number {
  return frameCount > 1 ? frame / (frameCount - 1) : 0.5;
}

/** Frames in which the first sight of an object is told. */
export const SIGHTING_FRAMES = 16;

/** The first of sixteen frames of a clip whose view has a point in it, as if nothing stood before it; undefined where none has. */
export function firstInView(
  { path, mirrored }: { readonly path: CameraPath; readonly mirrored: boolean },
  size: readonly [width: number, depth: number],
  point: Vector,
): number | undefined {
  for (let frame = 0; frame < SIGHTING_FRAMES; frame++) {
    const pose = cameraAt(path, mirrored, size, frameTime(frame, SIGHTING_FRAMES));
    if (isInView(pose, point)) return frame;
  }
  return undefined;
}
