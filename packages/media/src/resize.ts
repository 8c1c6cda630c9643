/**
 * Scales pictures bicubically with antialiasing (a = −0.5) on 8-bit pixels in fixed point, as PyTorch and Pillow do: one pass along
 * each axis, the result of the first rounded to 8 bits. The model was trained on pictures scaled this way. Other kernels (sharp's, a
 * browser's) differ from it by many levels.
 */
import type { Picture } from './picture.ts';

/** For each output position: the first input position that counts, and the weights from there on. */
interface Kernel {
  readonly taps: number;
  readonly first: Int32Array;
  /** How many input positions count, at most `taps`. */
  readonly counts: Int32Array;
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

/** The kernels of the last sizes. The frames of a video, and the videos of a dataset, are mostly of one size. */
const kernels = new Map<string, Kernel>();

/** Kernels that are held at once. */
const KERNELS_HELD = 64;

function kernel(inputs: number, outputs: number): Kernel {
  const key = `${inputs} to ${outputs}`;
  const held = kernels.get(key);
  if (held) return held;
  if (kernels.size >= KERNELS_HELD) kernels.clear();
  const made = makeKernel(inputs, outputs);
  kernels.set(key, made);
  return made;
}

function makeKernel(inputs: number, outputs: number): Kernel {
  const scale = inputs / outputs;
  const stretch = Math.max(scale, 1);
  const support = 2 * stretch;
  const taps = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(outputs);
  const counts = new Int32Array(outputs);
  const exact = new Float64Array(outputs * taps);
  let largest = 0;
  for (let output = 0; output < outputs; output++) {
    const center = scale * (output + 0.5);
    const begin = Math.max(Math.trunc(center - support + 0.5), 0);
    const count = Math.min(Math.trunc(center + support + 0.5), inputs) - begin;
    const row = exact.subarray(output * taps, output * taps + count);
    for (let tap = 0; tap < count; tap++) row[tap] = cubic((tap + begin - center + 0.5) / stretch);
    const total = row.reduce((sum, weight) => sum + weight, 0);
    for (let tap = 0; tap < count; tap++) {
      row[tap]! /= total;
      largest = Math.max(largest, row[tap]!);
    }
    first[output] = begin;
    counts[output] = count;
  }
  // As many bits as leave the largest weight within 16 bits.
  let precision = 0;
  while (precision < 22 && Math.trunc(0.5 + largest * 2 ** (precision + 1)) < 2 ** 15) precision++;
  const weights = Int32Array.from(exact, (weight) =>
    Math.trunc(weight * 2 ** precision + (weight < 0 ? -0.5 : 0.5)),
  );
  return { taps, first, counts, weights, precision };
}

const clamp = (level: number) => (level < 0 ? 0 : level > 255 ? 255 : level);

/** Scales along the rows: `[height, inputs, 3]` becomes `[height, outputs, 3]`. */
function scaleRows(source: Uint8Array, height: number, inputs: number, outputs: number) {
  const { taps, first, counts, weights, precision } = kernel(inputs, outputs);
  const half = 1 << (precision - 1);
  const target = new Uint8Array(height * outputs * 3);
  for (let y = 0, to = 0; y < height; y++) {
    for (let output = 0; output < outputs; output++, to += 3) {
      const begin = first[output]!;
      const end = output * taps + counts[output]!;
      let red = half;
      let green = half;
      let blue = half;
      for (let tap = output * taps, at = (y * inputs + begin) * 3; tap < end; tap++, at += 3) {
        const weight = weights[tap]!;
        red = (red + Math.imul(source[at]!, weight)) | 0;
        green = (green + Math.imul(source[at + 1]!, weight)) | 0;
        blue = (blue + Math.imul(source[at + 2]!, weight)) | 0;
      }
      target[to] = clamp(red >> precision);
      target[to + 1] = clamp(green >> precision);
      target[to + 2] = clamp(blue >> precision);
    }
  }
  return target;
}

/** Scales along the columns: `[inputs, row]` becomes `[outputs, row]`. Sums of a whole row grow by four taps at a time. */
function scaleColumns(source: Uint8Array, row: number, inputs: number, outputs: number) {
  const { taps, first, counts, weights, precision } = kernel(inputs, outputs);
  const half = 1 << (precision - 1);
  const target = new Uint8Array(outputs * row);
  const sums = new Int32Array(row);
  for (let output = 0, to = 0; output < outputs; output++) {
    sums.fill(half);
    const count = counts[output]!;
    // A tap beyond the last has weight 0, and takes the row of the last.
    const last = (first[output]! + count - 1) * row;
    for (let tap = 0; tap < count; tap += 4) {
      const own = output * taps + tap;
      const weight = (next: number) => (tap + next < count ? weights[own + next]! : 0);
      const [w0, w1, w2, w3] = [weight(0), weight(1), weight(2), weight(3)];
      const at0 = (first[output]! + tap) * row;
      const at1 = Math.min(at0 + row, last);
      const at2 = Math.min(at0 + 2 * row, last);
      const at3 = Math.min(at0 + 3 * row, last);
      for (let item = 0; item < row; item++) {
        const early = Math.imul(source[at0 + item]!, w0) + Math.imul(source[at1 + item]!, w1);
        const late = Math.imul(source[at2 + item]!, w2) + Math.imul(source[at3 + item]!, w3);
        sums[item]! += early + late;
      }
    }
    for (let item = 0; item < row; item++) target[to++] = clamp(sums[item]! >> precision);
  }
  return target;
}

/** Scales a picture to a size; the picture itself when it has that size already. */
export function resizePicture(picture: Picture, width: number, height: number): Picture {
  let { pixels } = picture;
  if (picture.width !== width) pixels = scaleRows(pixels, picture.height, picture.width, width);
  if (picture.height !== height) pixels = scaleColumns(pixels, 3 * width, picture.height, height);
  return pixels === picture.pixels ? picture : { width, height, pixels };
}
