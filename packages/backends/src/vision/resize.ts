/**
 * Bicubic scaling with antialiasing (a = −0.5) on 8-bit pixels in fixed point, as PyTorch and Pillow do it: one pass along
 * each axis, the result of the first rounded to 8 bits. The image processor of the model was run this way in training, and
 * other kernels (sharp's, a browser's) differ from it by many levels.
 */
import type { Picture } from './picture.ts';

/** For each output position: the first input position that counts, and the weights from there on. */
interface Kernel {
  readonly taps: number;
  readonly first: Int32Array;
  /** `[outputs, taps]`, scaled by `2^precision`. */
  readonly weights: Int32Array;
  readonly precision: number;
}

function cubic(distance: number): number {
  const a = -0.5;
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

function kernel(inputs: number, outputs: number): Kernel {
  const scale = inputs / outputs;
  const stretch = Math.max(scale, 1);
  const support = 2 * stretch;
  const taps = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(outputs);
  const exact = new Float64Array(outputs * taps);
  let largest = 0;
  for (let output = 0; output < outputs; output++) {
    const centre = scale * (output + 0.5);
    const begin = Math.max(Math.trunc(centre - support + 0.5), 0);
    const count = Math.min(Math.trunc(centre + support + 0.5), inputs) - begin;
    const row = exact.subarray(output * taps, output * taps + count);
    for (let tap = 0; tap < count; tap++) row[tap] = cubic((tap + begin - centre + 0.5) / stretch);
    const total = row.reduce((sum, weight) => sum + weight, 0);
    for (let tap = 0; tap < count; tap++) {
      row[tap]! /= total;
      largest = Math.max(largest, row[tap]!);
    }
    first[output] = begin;
  }
  // As many bits as leave the largest weight within 16 bits.
  let precision = 0;
  while (precision < 22 && Math.trunc(0.5 + largest * 2 ** (precision + 1)) < 2 ** 15) precision++;
  const weights = Int32Array.from(exact, (weight) =>
    Math.trunc(weight * 2 ** precision + (weight < 0 ? -0.5 : 0.5)),
  );
  return { taps, first, weights, precision };
}

const clamp = (level: number) => (level < 0 ? 0 : level > 255 ? 255 : level);

/**
 * Scales along one axis. The input is `[outer, inputs, inner]` and the output `[outer, outputs, inner]`: with `inner` 3 that
 * is along rows, with `inner` 3 · width along columns.
 */
function pass(
  source: Uint8Array,
  outer: number,
  inputs: number,
  outputs: number,
  inner: number,
): Uint8Array {
  const { taps, first, weights, precision } = kernel(inputs, outputs);
  const half = 1 << (precision - 1);
  const target = new Uint8Array(outer * outputs * inner);
  const sums = new Int32Array(inner);
  for (let block = 0, to = 0; block < outer; block++) {
    const from = block * inputs * inner;
    for (let output = 0; output < outputs; output++) {
      sums.fill(half);
      const begin = first[output]!;
      const count = Math.min(taps, inputs - begin);
      for (let tap = 0; tap < count; tap++) {
        const weight = weights[output * taps + tap]!;
        if (weight === 0) continue;
        const at = from + (begin + tap) * inner;
        for (let item = 0; item < inner; item++) sums[item]! += source[at + item]! * weight;
      }
      for (let item = 0; item < inner; item++) target[to++] = clamp(sums[item]! >> precision);
    }
  }
  return target;
}

/** Scales a picture to a size; the picture itself when it has that size already. */
export function resizePicture(picture: Picture, width: number, height: number): Picture {
  let { pixels } = picture;
  if (picture.width !== width) pixels = pass(pixels, picture.height, picture.width, width, 3);
  if (picture.height !== height) pixels = pass(pixels, 1, picture.height, height, 3 * width);
  return pixels === picture.pixels ? picture : { width, height, pixels };
}
