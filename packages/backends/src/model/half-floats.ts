/** The two 16-bit float formats of checkpoints, widened to float32. Both conversions are exact. */

/** bfloat16 is the upper half of a float32. */
export function widenBfloat16(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let index = 0; index < halves.length; index++) bits[index] = halves[index]! << 16;
  return new Float32Array(bits.buffer);
}

/** IEEE 754 binary16, subnormal numbers and infinities included. */
export function widenFloat16(halves: Uint16Array): Float32Array {
  const wide = new Float32Array(halves.length);
  for (let index = 0; index < halves.length; index++) {
    const half = halves[index]!;
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) wide[index] = sign * fraction * 2 ** -24;
    else if (exponent === 31) wide[index] = fraction === 0 ? sign * Infinity : NaN;
    else wide[index] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return wide;
}
