/** Boxes at any angle: the distance of two boxes, the extent of one. */

/** Meters, or a direction. */
export type Vector3 = readonly [x: number, y: number, z: number];

/** A box with its own axes. */
export interface OrientedBox {
  readonly centre: Vector3;
  /** Half its sides, along its own axes, in meters. */
  readonly half: Vector3;
  /** Its axes, unit vectors at right angles. */
  readonly axes: readonly [Vector3, Vector3, Vector3];
}

/** The scalar product. */
export function dot(a: Vector3, b: Vector3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** From `b` to `a`. */
export function difference(a: Vector3, b: Vector3): Vector3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

/** The axes of a box or a camera. */
type Axes = readonly [Vector3, Vector3, Vector3];

/** Allowed deviation of axes from unit vectors at right angles. */
const AXES_TOLERANCE = 0.02;

/** @param what The axes in words. @throws Error when they are not three unit vectors at right angles. */
export function checkAxes(axes: Axes, what: string): void {
  for (const [row, a] of axes.entries()) {
    for (const [column, b] of axes.entries()) {
      if (Math.abs(dot(a, b) - (row === column ? 1 : 0)) <= AXES_TOLERANCE) continue;
      throw new Error(`${what} are not three unit vectors at right angles`);
    }
  }
}

/** 1 of right-handed unit axes, −1 of mirrored ones. */
export function determinant([a, b, c]: Axes): number {
  return (
    a[0] * (b[1] * c[2] - b[2] * c[1]) -
    a[1] * (b[0] * c[2] - b[2] * c[0]) +
    a[2] * (b[0] * c[1] - b[1] * c[0])
  );
}

/** Half the extent of a box along the axes of the scene: its hull reaches from center − this to center + this. */
export function hullHalf({ half, axes }: OrientedBox): Vector3 {
  const along = (axis: 0 | 1 | 2): number =>
    Math.abs(axes[0][axis]) * half[0] +
    Math.abs(axes[1][axis]) * half[1] +
    Math.abs(axes[2][axis]) * half[2];
  return [along(0), along(1), along(2)];
}

/** The point of a box that is closest to a point. */
function closestPoint({ centre, half, axes }: OrientedBox, point: Vector3): Vector3 {
  const offset = difference(point, centre);
  const steps = axes.map((axis, index) => {
    const reach = half[index]!;
    return Math.min(reach, Math.max(-reach, dot(offset, axis)));
  });
  const at = (axis: 0 | 1 | 2): number =>
    centre[axis] + axes.reduce((sum, unit, index) => sum + unit[axis] * steps[index]!, 0);
  return [at(0), at(1), at(2)];
}

/** Enough for boxes in rooms: the remaining error is far below a centimeter. */
const MOST_PROJECTIONS = 2_000;
const SETTLED_M = 1e-7;

/**
 * Distance between the closest points of two boxes, in meters; 0 when they touch or overlap. Found by projecting onto the one and
 * the other in turn (von Neumann), which closes in on the least distance of two convex bodies.
 */
export function boxDistance(a: OrientedBox, b: OrientedBox): number {
  let onA = closestPoint(a, b.centre);
  let before = Infinity;
  for (let turn = 0; turn < MOST_PROJECTIONS; turn++) {
    const onB = closestPoint(b, onA);
    onA = closestPoint(a, onB);
    const distance = Math.hypot(...difference(onA, onB));
    if (distance < SETTLED_M) return 0;
    if (before - distance < SETTLED_M) return distance;
    before = distance;
  }
  return before;
}
