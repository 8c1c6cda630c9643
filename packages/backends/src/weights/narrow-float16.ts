/** Rounds to IEEE 754 binary16, the inverse of `widenFloat16`. */
import { roundHalfToEven } from '@loci/media';

/** Rounds to binary16, halves to even; values that are too large become infinite. For finite values. */
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
