import type { Clip } from '../../src/picture.ts';

/** A clip of two frames of 16 × 16 pixels whose level is a number. */
export function clipOf(level: number): Clip {
  const frame = { width: 16, height: 16, pixels: new Uint8Array(16 * 16 * 3).fill(level) };
  return { frames: [frame, frame], seconds: [0, 0.5] };
}
