/** The two 16-bit float formats of checkpoints. Widening to float32 is exact. */
import { roundHalfToEven } from '../vision/rounding.ts';

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

/** Rounds to bfloat16, halves to even. For finite values. */
export function narrowBfloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, (word) => (word + 0x7fff + ((word >>> 16) & 1)) >>> 16);
}

/** Rounds to binary16, halves to even; what is too large becomes infinite. For finite values. */
export function narrowFloat16(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, (value) => {
    const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
    const size = Math.abs(value);
    // Numbers of one binade are whole multiples of a unit; below 2⁻¹⁴ the unit stays that of the least binade.
    const exponent = Math.max(-14, Math.floor(Math.log2(size)));
    const steps = roundHalfToEven(size / 2 ** (exponent - 10));
    const code = (exponent + 14) * 1024 + steps;
    return sign | Math.min(code, 0x7c00);
  });
}
