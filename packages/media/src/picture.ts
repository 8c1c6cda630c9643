/** A picture in memory: 8-bit RGB, row-major `[height, width, 3]`. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Frames of a video at one size, or one image. */
export interface Clip {
  readonly frames: readonly Picture[];
  /** When each frame is shown, in seconds from the first frame of the file; empty for an image. */
  readonly seconds: readonly number[];
}

/**
 * The most pixels of a picture or a frame: Pillow's bound, above which it takes a file for a decompression bomb. As RGB they take half
 * a gibibyte.
 */
const MAX_PIXELS = 2 * 89_478_485;

/** @throws RangeError that names the size and the bound, when a picture exceeds it. */
export function checkPixels(width: number, height: number): void {
  if (width * height <= MAX_PIXELS) return;
  throw new RangeError(
    `its ${width}×${height} pixels exceed the limit of ${MAX_PIXELS}: make it smaller`,
  );
}
