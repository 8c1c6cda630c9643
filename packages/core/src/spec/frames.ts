/** Which frames of a video are shown, and how large. */
export interface FrameSelection {
  /** Frames at most. */
  readonly maxFrames: number;
  /** Frames a second at most; absent: `maxFrames` however long the video is. */
  readonly fps?: number;
  /**
   * Of N frames in the file n are taken: `ends` from the first to the last, equally spaced and truncated; `steps` every
   * ⌊N / n⌋-th from the first on.
   */
  readonly spacing: 'ends' | 'steps';
  /** A frame whose longer side is longer is scaled down to this many pixels, its aspect ratio kept. */
  readonly maxSide?: number;
  /** A frame with a larger area is scaled down to this many pixels, its aspect ratio kept. */
  readonly maxPixels?: number;
  /** `spacer`: width and height are exchanged when a frame is scaled down, as SpaceR's evaluation does. */
  readonly compat?: 'spacer';
}
