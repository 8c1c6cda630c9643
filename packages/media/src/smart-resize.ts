/** Computes the size to which Qwen2.5-VL scales a picture. */
import { LociError } from '@loci/core';

/** The size of a picture, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * The scaled size of a picture: multiples of `factor`, with an area between the limits and the nearest aspect ratio that these allow
 * (Hugging Face `smart_resize`).
 *
 * @param factor pixels along a side of a merge block: patch size · spatial merge size.
 * @throws LociError `aspect-ratio` beyond 200:1.
 */
export function smartResize(
  width: number,
  height: number,
  factor: number,
  minPixels: number,
  maxPixels: number,
): Size {
  const ratio = Math.max(width, height) / Math.min(width, height);
  if (ratio > 200) {
    throw new LociError(
      'aspect-ratio',
      `a picture of ${width}×${height} pixels has the aspect ratio ${ratio}; the limit is 200`,
    );
  }
  const rounded = {
    width: roundHalfToEven(width / factor) * factor,
    height: roundHalfToEven(height / factor) * factor,
  };
  const area = rounded.width * rounded.height;
  if (area > maxPixels) {
    const shrink = Math.sqrt((width * height) / maxPixels);
    const side = (length: number) =>
      Math.max(factor, Math.floor(length / shrink / factor) * factor);
    return { width: side(width), height: side(height) };
  }
  if (area < minPixels) {
    const grow = Math.sqrt(minPixels / (width * height));
    const side = (length: number) => Math.ceil((length * grow) / factor) * factor;
    return { width: side(width), height: side(height) };
  }
  return rounded;
}

/** Rounds a half to the even neighbor, as Python's `round` and PyTorch do. */
export function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}
