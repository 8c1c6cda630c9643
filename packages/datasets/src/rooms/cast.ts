/**
 * The ray caster: which surface each pixel of a frame sees, and how far away it is. A box is only tried on the pixels of its
 * bounding rectangle on the screen. `render.ts` colors the pixels.
 */
import type { Boxes } from './boxes.ts';
import { HALF_VIEW_TANGENT, type CameraPose } from './camera.ts';

/** Surfaces of the room itself in `View.surfaces`, where boxes have their index. */
export const FLOOR = -1;
/** See {@link FLOOR}. */
export const CEILING = -2;
const WEST = -3;
/** See {@link FLOOR}. */
export const EAST = -4;
const SOUTH = -5;
const NORTH = -6;

/** The surfaces in a frame; the buffers are reused from frame to frame. */
export interface View {
  readonly height: number;
  readonly width: number;
  /** Distance along the camera's forward axis, in meters. */
  readonly depth: Float32Array;
  /** Index of the box, or a surface of the room. */
  readonly surfaces: Int16Array;
  /** Axis (0, 1, 2) across which the ray enters a box. */
  readonly faces: Uint8Array;
}

/** Empty buffers for frames of one size. */
export function createView(height: number, width: number): View {
  const pixels = height * width;
  return {
    height,
    width,
    depth: new Float32Array(pixels),
    surfaces: new Int16Array(pixels),
    faces: new Uint8Array(pixels),
  };
}

/**
 * Unit steps of the rays of a frame: the ray of pixel (row, column) is
 * `forward + (2·(column + ½)/width − 1)·right + (height − 2·(row + ½))/width·up`, not normalized, so that its parameter is depth.
 */
export function rayOffset(index: number, count: number, width: number): number {
  return ((2 * (index + 0.5) - count) / width) * HALF_VIEW_TANGENT;
}

const NEAR_M = 0.05;

interface Rectangle {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Corners of a box in camera axes, `[8, 3]`: across, upwards, depth. Reused from box to box. */
const corners = new Float64Array(24);

/** The axis bit in which the two ends of each edge of a box differ, and the corner with that bit off. */
const EDGES: readonly (readonly [corner: number, other: number])[] = [1, 2, 4].flatMap((bit) =>
  [0, 1, 2, 3, 4, 5, 6, 7]
    .filter((corner) => !(corner & bit))
    .map((corner) => [corner, corner | bit] as const),
);

/** Pixels that can see a box, ends excluded; undefined when it is behind the camera or off the screen. */
function screenRectangle(
  bounds: Float32Array,
  box: number,
  { eye, right, up, forward }: CameraPose,
  height: number,
  width: number,
): Rectangle | undefined {
  let [west, east, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  const include = (across: number, upwards: number, depth: number): void => {
    const column = across / (depth * HALF_VIEW_TANGENT);
    const row = upwards / (depth * HALF_VIEW_TANGENT);
    if (column < west) west = column;
    if (column > east) east = column;
    if (row < low) low = row;
    if (row > high) high = row;
  };
  let behind = 0;
  for (let corner = 0; corner < 8; corner++) {
    const x = bounds[box * 6 + (corner & 1 ? 3 : 0)]! - eye[0];
    const y = bounds[box * 6 + (corner & 2 ? 4 : 1)]! - eye[1];
    const z = bounds[box * 6 + (corner & 4 ? 5 : 2)]! - eye[2];
    const across = x * right[0] + y * right[1] + z * right[2];
    const upwards = x * up[0] + y * up[1] + z * up[2];
    const depth = x * forward[0] + y * forward[1] + z * forward[2];
    corners[corner * 3] = across;
    corners[corner * 3 + 1] = upwards;
    corners[corner * 3 + 2] = depth;
    if (depth < NEAR_M) behind++;
    else include(across, upwards, depth);
  }
  if (behind === 8) return undefined;
  for (const [corner, other] of behind > 0 ? EDGES : []) {
    const [from, to] = [corners[corner * 3 + 2]!, corners[other * 3 + 2]!];
    if (from < NEAR_M === to < NEAR_M) continue;
    const share = (NEAR_M - from) / (to - from);
    const between = (axis: number): number =>
      corners[corner * 3 + axis]! * (1 - share) + corners[other * 3 + axis]! * share;
    include(between(0), between(1), NEAR_M);
  }
  const rectangle = {
    left: Math.max(0, Math.floor(((west + 1) * width) / 2 - 0.5)),
    right: Math.min(width, Math.ceil(((east + 1) * width) / 2 + 0.5)),
    top: Math.max(0, Math.floor((height - high * width) / 2 - 0.5)),
    bottom: Math.min(height, Math.ceil((height - low * width) / 2 + 0.5)),
  };
  return rectangle.left < rectangle.right && rectangle.top < rectangle.bottom
    ? rectangle
    : undefined;
}

/** Fills a view with the inside of the empty room. */
function castRoom(size: readonly [number, number, number], pose: CameraPose, view: View): void {
  const { eye, right, up, forward } = pose;
  const { height, width, depth, surfaces } = view;
  for (let row = 0, pixel = 0; row < height; row++) {
    const rise = -rayOffset(row, height, width);
    for (let column = 0; column < width; column++, pixel++) {
      const side = rayOffset(column, width, width);
      const dx = forward[0] + side * right[0] + rise * up[0];
      const dy = forward[1] + side * right[1] + rise * up[1];
      const dz = forward[2] + side * right[2] + rise * up[2];
      const toX = dx === 0 ? Infinity : ((dx > 0 ? size[0] / 2 : -size[0] / 2) - eye[0]) / dx;
      const toY = dy === 0 ? Infinity : ((dy > 0 ? size[1] / 2 : -size[1] / 2) - eye[1]) / dy;
      const toZ = dz === 0 ? Infinity : ((dz > 0 ? size[2] : 0) - eye[2]) / dz;
      if (toZ <= toX && toZ <= toY) {
        depth[pixel] = toZ;
        surfaces[pixel] = dz > 0 ? CEILING : FLOOR;
      } else if (toX <= toY) {
        depth[pixel] = toX;
        surfaces[pixel] = dx > 0 ? EAST : WEST;
      } else {
        depth[pixel] = toY;
        surfaces[pixel] = dy > 0 ? NORTH : SOUTH;
      }
    }
  }
}

/** Draws one box into a view where it is nearer than what is there (slab test). */
function castBox(boxes: Boxes, box: number, pose: CameraPose, view: View): void {
  const { eye, right, up, forward } = pose;
  const { height, width, depth, surfaces, faces } = view;
  const rectangle = screenRectangle(boxes.bounds, box, pose, height, width);
  if (rectangle === undefined) return;
  const x0 = boxes.bounds[box * 6]! - eye[0];
  const y0 = boxes.bounds[box * 6 + 1]! - eye[1];
  const z0 = boxes.bounds[box * 6 + 2]! - eye[2];
  const x1 = boxes.bounds[box * 6 + 3]! - eye[0];
  const y1 = boxes.bounds[box * 6 + 4]! - eye[1];
  const z1 = boxes.bounds[box * 6 + 5]! - eye[2];
  for (let row = rectangle.top; row < rectangle.bottom; row++) {
    const rise = -rayOffset(row, height, width);
    for (let column = rectangle.left; column < rectangle.right; column++) {
      const side = rayOffset(column, width, width);
      const ix = 1 / (forward[0] + side * right[0] + rise * up[0]);
      const iy = 1 / (forward[1] + side * right[1] + rise * up[1]);
      const iz = 1 / (forward[2] + side * right[2] + rise * up[2]);
      const inX = ix > 0 ? x0 * ix : x1 * ix;
      const inY = iy > 0 ? y0 * iy : y1 * iy;
      const inZ = iz > 0 ? z0 * iz : z1 * iz;
      const outX = ix > 0 ? x1 * ix : x0 * ix;
      const outY = iy > 0 ? y1 * iy : y0 * iy;
      const outZ = iz > 0 ? z1 * iz : z0 * iz;
      const enter = inX > inY ? (inX > inZ ? inX : inZ) : inY > inZ ? inY : inZ;
      const leave = outX < outY ? (outX < outZ ? outX : outZ) : outY < outZ ? outY : outZ;
      const pixel = row * width + column;
      if (enter < leave && enter > NEAR_M && enter < depth[pixel]!) {
        depth[pixel] = enter;
        surfaces[pixel] = box;
        faces[pixel] = enter === inX ? 0 : enter === inY ? 1 : 2;
      }
    }
  }
}

/** Casts the rays of one pose into a room and fills the view. */
export function castFrame(
  boxes: Boxes,
  size: readonly [width: number, depth: number, height: number],
  pose: CameraPose,
  view: View,
): void {
  castRoom(size, pose, view);
  for (let box = 0; box < boxes.count; box++) castBox(boxes, box, pose, view);
}

/** The same without the room itself: pixels without a box are floor at an infinite depth. This suffices for what hides what. */
export function castBoxes(boxes: Boxes, pose: CameraPose, view: View): void {
  view.depth.fill(Infinity);
  view.surfaces.fill(FLOOR);
  for (let box = 0; box < boxes.count; box++) castBox(boxes, box, pose, view);
}

/** Pixels of each object in a view, `[objects]`. */
export function visiblePixels(boxes: Boxes, objectCount: number, view: View): Uint32Array {
  const counts = new Uint32Array(objectCount);
  for (const surface of view.surfaces) {
    const owner = surface < 0 ? -1 : boxes.owners[surface]!;
    if (owner >= 0) counts[owner]!++;
  }
  return counts;
}
