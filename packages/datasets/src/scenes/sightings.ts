/** When and how well a camera sees the boxes of a scene: rays through small frames at the poses that are known. */
import type { CameraPose, CameraTrack } from './annotated-scene.ts';
import { difference, dot, rayEnters, type OrientedBox, type Vector3 } from './oriented-box.ts';

/** How the camera gets to see one box. */
export interface BoxSighting {
  /** When it is seen first, in sixteenths of the video; absent when it never is. */
  readonly firstSeen?: number;
  /** Greatest share of a frame that it fills, 0…1. */
  readonly largestShare: number;
  /** Share of the frames in which it is seen, 0…1. */
  readonly seenFor: number;
}

/** Poses looked at, evenly spread over those that are known. */
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

function spread<Item>(items: readonly Item[], most: number): readonly Item[] {
  if (items.length <= most) return items;
  return Array.from(
    { length: most },
    (_, index) => items[Math.round((index * (items.length - 1)) / (most - 1))]!,
  );
}

/** Rays that meet each box first, `[boxes]`. */
function raysByBox(
  boxes: readonly OrientedBox[],
  { eye, axes: [right, down, forward] }: CameraPose,
  rays: readonly Vector3[],
): Uint32Array {
  const near = boxes.flatMap((box, index) => {
    const offset = difference(box.centre, eye);
    const reach = Math.hypot(...box.half);
    return dot(offset, forward) + reach <= 0 ? [] : [{ box, index, offset }];
  });
  const counts = new Uint32Array(boxes.length);
  for (const [x, y] of rays) {
    const along = (axis: 0 | 1 | 2): number => forward[axis] + x * right[axis] + y * down[axis];
    const direction = [along(0), along(1), along(2)] as const;
    let first = -1;
    let depth = Infinity;
    for (const { box, index, offset } of near) {
      const enters = rayEnters(box, offset, direction);
      if (enters >= depth) continue;
      [first, depth] = [index, enters];
    }
    if (first >= 0) counts[first]!++;
  }
  return counts;
}

/**
 * How each box is seen, in order; others hide it, and so do the occluders.
 *
 * @param seenShare Share of a frame from which on a box counts as seen in it.
 */
export function boxSightings(
  boxes: readonly OrientedBox[],
  occluders: readonly OrientedBox[],
  track: CameraTrack,
  seenShare: number,
): readonly BoxSighting[] {
  const rays = raysOf(track);
  const poses = spread(track.poses, MOST_POSES);
  const firstSeen = boxes.map((): number | undefined => undefined);
  const most = boxes.map(() => 0);
  const frames = boxes.map(() => 0);
  for (const pose of poses) {
    const counts = raysByBox([...boxes, ...occluders], pose, rays);
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
