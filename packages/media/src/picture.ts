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
