/**
 * Converts the planes of a video decoder to RGB by the matrix and range that the video names (ITU-T H.273). HD videos use BT.709, and
 * phones film HDR in BT.2020. FFmpeg's scaler by default takes every video for BT.601 of limited range.
 */

/** The color encoding of a video; null where the video does not state it. */
export interface ColorCoding {
  /** By its name in WebCodecs. */
  readonly matrix: string | null;
  readonly fullRange: boolean | null;
}

/** The place of a plane among the bytes. */
interface Plane {
  readonly offset: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
}

/** Weights of red and blue in luma. */
const WEIGHTS: Readonly<Record<string, readonly [red: number, blue: number]>> = {
  bt709: [0.2126, 0.0722],
  'bt2020-ncl': [0.2627, 0.0593],
};
const BT601 = [0.299, 0.114] as const;

/** Whether a video differs from the scaler's assumption. */
export function needsOwnMatrix({ matrix, fullRange }: ColorCoding): boolean {
  return fullRange === true || (matrix !== null && matrix in WEIGHTS);
}

/** Layout of a planar format, such as `I420` or `I422P10`; undefined for any other. Transparency is ignored. */
function layoutOf(format: string | null) {
  const found = /^I4(20|22|44)A?(?:P(10|12))?$/.exec(format ?? '');
  if (!found) return undefined;
  const [, chroma, bits] = found;
  return {
    bits: Number(bits ?? 8),
    halfWidth: chroma === '44' ? 0 : 1,
    halfHeight: chroma === '20' ? 1 : 0,
  };
}

/** Whether `yuvToRgb` reads a pixel format. */
export function isPlanarYuv(format: string | null): boolean {
  return layoutOf(format) !== undefined;
}

/**
 * RGB of a frame, 8 bits, row-major. Takes chroma from the nearest sample and rounds values, as the scaler does.
 *
 * @param format planar YUV, of 8, 10 or 12 bits (little endian).
 * @param planes of luma, blue and red difference, within `bytes`.
 */
export function yuvToRgb(
  bytes: Uint8Array,
  planes: readonly Plane[],
  format: string | null,
  { width, height }: { readonly width: number; readonly height: number },
  { matrix, fullRange }: ColorCoding,
): Uint8Array {
  const layout = layoutOf(format);
  const [luma, blueness, redness] = planes;
  if (!layout || !luma || !blueness || !redness) throw new TypeError(`${format} is not planar YUV`);
  const { bits, halfWidth, halfHeight } = layout;
  const shift = bits > 8 ? 1 : 0;
  const samples = shift
    ? new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1)
    : bytes;
  const [red, blue] = WEIGHTS[matrix ?? ''] ?? BT601;
  const green = 1 - red - blue;
  const unit = 2 ** (bits - 8);
  const [black, lumaSpan, chromaSpan] = fullRange === true ? [0, 255, 255] : [16, 219, 224];
  const table = (zero: number, span: number, factor: number) =>
    Float32Array.from(
      { length: 2 ** bits },
      (_, value) => (factor * 255 * (value / unit - zero)) / span,
    );
  const light = table(black, lumaSpan, 1);
  const redOfV = table(128, chromaSpan, 2 * (1 - red));
  const blueOfU = table(128, chromaSpan, 2 * (1 - blue));
  const greenOfU = table(128, chromaSpan, (-2 * blue * (1 - blue)) / green);
  const greenOfV = table(128, chromaSpan, (-2 * red * (1 - red)) / green);
  // The array rounds values and clamps them to 0…255.
  const pixels = new Uint8ClampedArray(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    const row = (plane: Plane, line: number) => (plane.offset + line * plane.stride) >> shift;
    const lumaRow = row(luma, y);
    const blueRow = row(blueness, y >> halfHeight);
    const redRow = row(redness, y >> halfHeight);
    for (let x = 0; x < width; x++, to += 3) {
      const level = light[samples[lumaRow + x]!]!;
      const u = samples[blueRow + (x >> halfWidth)]!;
      const v = samples[redRow + (x >> halfWidth)]!;
      pixels[to] = level + redOfV[v]!;
      pixels[to + 1] = level + greenOfU[u]! + greenOfV[v]!;
      pixels[to + 2] = level + blueOfU[u]!;
    }
  }
  return new Uint8Array(pixels.buffer);
}
