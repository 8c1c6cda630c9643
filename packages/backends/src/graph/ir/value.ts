/** Defines values of an ONNX graph: named, typed, of static shape. */

/** Element types in graphs, with their numbers in `TensorProto.DataType`. */
export const ELEMENT_TYPES = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 } as const;

/** The element type of a value. */
export type ElementType = keyof typeof ELEMENT_TYPES;

/** Lengths of the axes, outermost first; `[]` is a scalar. A length that only a run knows is `UNKNOWN` (decoding graphs only). */
export type Shape = readonly number[];

/** Length of an axis that only a run knows. */
export const UNKNOWN = -1;

/** The product of some lengths; unknown where one of them is. */
export function lengthOf(...lengths: readonly number[]): number {
  return lengths.includes(UNKNOWN)
    ? UNKNOWN
    : lengths.reduce((product, length) => product * length, 1);
}

/** An edge of the graph. */
export interface Value {
  readonly name: string;
  readonly shape: Shape;
  readonly type: ElementType;
}

/** Data of a constant; `bool` is stored in bytes. */
export type ConstantData = Float32Array | Int32Array | BigInt64Array | Uint8Array;

export { sameShape, sizeOf } from '../../ops/shape.ts';

/**
 * The shape that two shapes broadcast to, by the rules of numpy.
 *
 * @throws Error naming both shapes when they do not fit.
 */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new Error(`shapes [${a.join(', ')}] and [${b.join(', ')}] do not broadcast`);
    }
    return left === 1 ? right : left;
  });
}

/** The axis counted from the front; negative axes count from the back. */
export function positiveAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}
