/** Converts the two 16-bit float formats of checkpoints. Widening to float32 is exact. */

/** bfloat16 is the upper half of a float32. @param target receives the values; by default a fresh array. */
export function widenBfloat16(
  halves: Uint16Array,
  target: Float32Array = new Float32Array(halves.length),
): Float32Array {
  const bits = new Uint32Array(target.buffer, target.byteOffset, target.length);
  for (let index = 0; index < halves.length; index++) bits[index] = halves[index]! << 16;
  return target;
}

/** Rounds to bfloat16, halves to even. For finite values. */
export function narrowBfloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, (word) => (word + 0x7fff + ((word >>> 16) & 1)) >>> 16);
}

function widened(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

let float16Table: Float32Array | undefined;

/**
 * IEEE 754 binary16, subnormal numbers and infinities included.
 *
 * @param target receives the values; by default a fresh array.
 */
export function widenFloat16(
  halves: Uint16Array,
  target: Float32Array = new Float32Array(halves.length),
): Float32Array {
  const table = (float16Table ??= Float32Array.from({ length: 2 ** 16 }, (_, half) =>
    widened(half),
  ));
  for (let index = 0; index < halves.length; index++) target[index] = table[halves[index]!]!;
  return target;
}
