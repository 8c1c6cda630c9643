/**
 * Where the frames of a video are taken, between its first and its last:
 * - `even`: equally spaced, each at the nearest frame;
 * - `truncated`: equally spaced, rounded down, counted from whole seconds, short videos repeating frames: SpaceR-Eval's reader, and
 *   with `fps` 0 `linspace(0, N − 1, n, dtype=int)`, which several benchmarks publish;
 * - `strided`: the multiples of ⌊N / n⌋, as LongVideoBench publishes.
 */
export type FrameSpacing = 'even' | 'truncated' | 'strided';

/**
 * How one question wants its medium read, where that differs from what the model's own preprocessing says: a benchmark's frames are
 * part of its score. A selection says the frames completely; sizes that it leaves out stay the model's.
 *
 * @example
 * // 32 frames at most, one a second, the longer side 448 at most:
 * { fps: 1, maxFrames: 32, longestSide: 448 }
 */
export interface FrameSelection {
  /** Frames taken a second of video; 0 takes `maxFrames` of every video. */
  readonly fps: number;
  readonly maxFrames: number;
  /** Taken of short videos, where they have that many. Default: 1. */
  readonly minFrames?: number | undefined;
  /** Default: `even`. */
  readonly spacing?: FrameSpacing | undefined;
  /** Seconds of the video that are looked at, `[from, to)`. Default: all. */
  readonly span?: readonly [from: number, to: number] | undefined;
  /** Larger frames are scaled until their longer side has this many pixels, before the sides become multiples of a patch. */
  readonly longestSide?: number | undefined;
  /** `exchanged` gives larger frames the width of their height and the reverse: SpaceR-Eval's mistake. Default: `kept`. */
  readonly sides?: 'kept' | 'exchanged' | undefined;
  /** Least area of a scaled frame. Default: the model's. */
  readonly minPixels?: number | undefined;
  /** Greatest area of a scaled frame. Default: the model's. */
  readonly maxPixels?: number | undefined;
  /**
   * What the model is told of time: `as-trained`, that two frames are one second, as SpaceR's training and evaluation tell it;
   * `filmed`, how far apart the frames are, as Qwen2.5-VL was trained before. Default: `as-trained`.
   */
  readonly timing?: 'as-trained' | 'filmed' | undefined;
}
