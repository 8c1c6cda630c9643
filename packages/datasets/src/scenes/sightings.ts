/** Finds when and how well a camera sees the boxes of a scene, with rays through small frames at its known poses. */
import type { CameraPose, CameraTrack } from '../annotated/annotated-scene.ts';
import { difference, dot, type OrientedBox, type Vector3 } from '../annotated/oriented-box.ts';

/** How the camera sees one box. */
export interface BoxSighting {
  /** When it is seen first, in sixteenths of the video; absent when it never is. */
  readonly firstSeen?: number;
  /** Greatest share of a frame that it fills, 0…1. */
  readonly largestShare: number;
  /** Share of the frames in which it is seen, 0…1. */
  readonly seenFor: number;
}

/** Poses that are used, evenly spread over the known ones. */
const MOST_POSES = 96;
/** Rays across a frame; as many down as keep its shape. */
const COLUMNS = 42;
/** Parts of the video in which time is counted. */
const PARTS = 16;

/** Rays of a frame in camera axes, the third component 1. */
function raysOf({ width, height, focal, centre }: CameraTrack): readonly Vector3[] {
  const rows = Math.max(1, Math.round((COLUMNS * height) / width));
  return Array.from({ length: rows * COLUMNS }, (_, index) => {
    const x = (((index % COLUMNS) + 0.5) / COLUMNS) * width;
    const y = ((Math.floor(index / COLUMNS) + 0.5) / rows) * height;
    return [(x - centre[0]) / focal[0], (y - centre[1]) / focal[1], 1];
  });
}

function evenly<Item>(items: readonly Item[], most: number): readonly Item[] {
  if (items.length <= most) return items;
  return Array.from(
    { length: most },
    (_, index) => items[Math.round((index * (items.length - 1)) / (most - 1))]!,
  );
}

/** Local names for the innermost loops. */
const { abs } = Math;
const NEVER = Infinity;

/** Numbers per box in `SeenBoxes`: its half sides, and along each of its axes the way from the eye and the camera's axes. */
const STRIDE = 15;

/** The boxes that a pose may see, flat: `[boxes, STRIDE]`, and which boxes they are. */
interface SeenBoxes {
  readonly numbers: Float64Array;
  readonly indices: readonly number[];
}

/** Boxes whose bounding sphere reaches into the frame, which spans `spread` on both sides of the middle at depth 1. */
function boxesInFrame(
  boxes: readonly OrientedBox[],
  { eye, axes }: CameraPose,
  spread: readonly [x: number, y: number],
): SeenBoxes {
  const [right, down, forward] = axes;
  const numbers: number[] = [];
  const indices: number[] = [];
  for (const [index, box] of boxes.entries()) {
    const offset = difference(box.centre, eye);
    const reach = Math.hypot(...box.half);
    const depth = dot(offset, forward);
    const isBeside = (axis: Vector3, tangent: number): boolean =>
      Math.abs(dot(offset, axis)) - reach * Math.hypot(1, tangent) > depth * tangent;
    if (depth + reach <= 0 || isBeside(right, spread[0]) || isBeside(down, spread[1])) continue;
    indices.push(index);
    for (const [side, axis] of box.axes.entries()) {
      const along = [offset, forward, right, down].map((vector) => dot(vector, axis));
      numbers.push(box.half[side]!, ...along);
    }
  }
  return { numbers: Float64Array.from(numbers), indices };
}

/**
 * How far along a ray a box begins, in depth; Infinity when the ray misses it, or starts inside (slab test in the box's own axes).
 */
function entersAt(numbers: Float64Array, start: number, x: number, y: number): number {
  let enter = 0;
  let leave = NEVER;
  for (let at = start; at < start + STRIDE; at += 5) {
    const reach = numbers[at]!;
    const from = numbers[at + 1]!;
    const speed = numbers[at + 2]! + x * numbers[at + 3]! + y * numbers[at + 4]!;
    if (speed === 0) {
      if (abs(from) > reach) return NEVER;
      continue;
    }
    const towards = from / speed;
    const half = abs(reach / speed);
    if (towards - half > enter) enter = towards - half;
    if (towards + half < leave) leave = towards + half;
  }
  return enter > 0 && enter < leave ? enter : NEVER;
}

/** Rays that meet each box first, `[boxes]`. */
function raysByBox(
  boxes: readonly OrientedBox[],
  pose: CameraPose,
  rays: readonly Vector3[],
  spread: readonly [x: number, y: number],
): Uint32Array {
  const { numbers, indices } = boxesInFrame(boxes, pose, spread);
  const counts = new Uint32Array(boxes.length);
  for (const [x, y] of rays) {
    let first = -1;
    let depth = NEVER;
    for (let seen = 0; seen < indices.length; seen++) {
      const enters = entersAt(numbers, seen * STRIDE, x, y);
      if (enters >= depth) continue;
      first = indices[seen]!;
      depth = enters;
    }
    if (first >= 0) counts[first]!++;
  }
  return counts;
}

/**
 * How the camera sees each box, in order. Other boxes and the occluders hide it.
 *
 * @param seenShare A box that fills this share of a frame counts as seen in it.
 */
export function boxSightings(
  boxes: readonly OrientedBox[],
  occluders: readonly OrientedBox[],
  track: CameraTrack,
  seenShare: number,
): readonly BoxSighting[] {
  const rays = raysOf(track);
  const all = [...boxes, ...occluders];
  const spread = [0, 1].map((axis) => Math.max(...rays.map((ray) => Math.abs(ray[axis]!))));
  const poses = evenly(track.poses, MOST_POSES);
  const firstSeen = boxes.map((): number | undefined => undefined);
  const most = boxes.map(() => 0);
  const frames = boxes.map(() => 0);
  for (const pose of poses) {
    const counts = raysByBox(all, pose, rays, spread as [number, number]);
    const part = Math.min(PARTS - 1, Math.floor((PARTS * pose.seconds) / (track.seconds || 1)));
    for (const index of boxes.keys()) {
      const share = counts[index]! / rays.length;
      most[index] = Math.max(most[index]!, share);
      if (share === 0 || share < seenShare) continue;
      frames[index]!++;
      firstSeen[index] ??= part;
    }
  }
  return boxes.map((_, index) => ({
    ...(firstSeen[index] === undefined ? {} : { firstSeen: firstSeen[index] }),
    largestShare: most[index]!,
    seenFor: frames[index]! / poses.length,
  }));
}
