/** Computes with shapes of tensors: lengths of the axes, outermost first. */

/** Number of elements of a shape; that of a scalar, `[]`, is 1. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Whether two shapes are equal. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}
