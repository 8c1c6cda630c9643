import { LociError } from '@loci/core';
import { roundHalfToEven } from './rounding.ts';

/** Of a picture, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * The size to which Qwen2.5-VL scales a picture: multiples of `factor`, area between the limits, aspect ratio as near as
 * that allows (Hugging Face `smart_resize`).
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
      `a picture of ${width}×${height} pixels has the aspect ratio ${ratio}; 200 is the most`,
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
