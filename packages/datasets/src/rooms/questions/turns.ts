/** Directions of an observer on the floor and on the map: ahead, left, right and back. */

/** Where back begins, in degrees from straight ahead. */
export const BACK_DEGREES = 135;

/** The words of a turn. */
export const TURNS = ['left', 'right', 'back'] as const;

/** The side of something that lies so far to the left; undefined straight ahead and behind. */
export function sideOf(left: number): string | undefined {
  return left === 0 ? undefined : left > 0 ? 'left' : 'right';
}

/** A turn from cells ahead of and to the left of the observer; undefined when they are ambiguous. */
export function turnFromCells(ahead: number, left: number): string | undefined {
  return -ahead > Math.abs(left) ? 'back' : sideOf(left);
}

/** Degrees from one direction to another, −180…180, left positive. */
export function degreesBetween(
  [fx, fy]: readonly [number, number],
  [tx, ty]: readonly [number, number],
): number {
  return (Math.atan2(fx * ty - fy * tx, fx * tx + fy * ty) * 180) / Math.PI;
}

/** The axis of the map that an observer faces, and the position of a target in cells ahead and to the left. */
export function facingFrame(
  facing: readonly [number, number],
  target: readonly [number, number],
): { readonly compass: string; readonly ahead: number; readonly left: number } | undefined {
  const [fx, fy] = facing;
  const [tx, ty] = target;
  if (Math.abs(fx) === Math.abs(fy)) return undefined;
  if (Math.abs(fx) > Math.abs(fy)) {
    return fx > 0
      ? { compass: 'east', ahead: tx, left: ty }
      : { compass: 'west', ahead: 0 - tx, left: 0 - ty };
  }
  return fy > 0
    ? { compass: 'north', ahead: ty, left: 0 - tx }
    : { compass: 'south', ahead: 0 - ty, left: tx };
}
