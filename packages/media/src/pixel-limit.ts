/**
 * Most pixels of a picture or a frame: Pillow's bound, beyond which it takes a file for a decompression bomb. As RGB they take half a
 * gibibyte.
 */
export const MAX_PIXELS = 2 * 89_478_485;

/** @throws RangeError that names the size and the bound, when a picture is beyond it. */
export function checkPixels(width: number, height: number): void {
  if (width * height <= MAX_PIXELS) return;
  throw new RangeError(
    `its ${width}×${height} pixels are beyond the ${MAX_PIXELS} that are read: make it smaller`,
  );
}
