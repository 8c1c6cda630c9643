/** Defines tensors on the host, of which model inputs consist. */

/** A row-major tensor of floats or int32. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** Model inputs by name. */
export type HostTensors = Readonly<Record<string, HostTensor>>;

/** Declares a model input of an engine's graph and returns its handle there. */
export type DeclareInput<T> = (
  name: string,
  shape: readonly number[],
  type: 'float32' | 'int32',
) => T;

/** Added to the attention score of a masked key; −∞ would make rows without any key undefined. */
export const MASKED = -1e9;

/** Copies rows of `width` values: row `i` of the result is row `order[i]` of the source, zero where that is −1. */
export function pickRows(
  source: Float32Array,
  width: number,
  order: ArrayLike<number>,
): Float32Array {
  const picked = new Float32Array(order.length * width);
  for (let row = 0; row < order.length; row++) {
    const from = order[row]!;
    if (from >= 0) picked.set(source.subarray(from * width, (from + 1) * width), row * width);
  }
  return picked;
}

/**
 * Copies rows of `width` values of several arrays, as `pickRows` does of their concatenation, which it does not make.
 *
 * @param order rows of all arrays, counted through.
 */
export function pickRowsOf(
  sources: readonly Float32Array[],
  width: number,
  order: ArrayLike<number>,
): Float32Array {
  const picked = new Float32Array(order.length * width);
  let source = 0;
  let first = 0;
  for (let row = 0; row < order.length; row++) {
    const wanted = order[row]!;
    while (wanted < first) first -= sources[--source]!.length / width;
    while (wanted >= first + sources[source]!.length / width) {
      first += sources[source++]!.length / width;
    }
    const from = (wanted - first) * width;
    picked.set(sources[source]!.subarray(from, from + width), row * width);
  }
  return picked;
}

/** Concatenates arrays. */
export function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
