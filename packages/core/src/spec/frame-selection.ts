/**
 * The positions of frames between the first and the last of a video:
 * - `even`: equally spaced, each at the nearest frame;
 * - `truncated`: equally spaced, rounded down, counted from whole seconds, and repeated in short videos, as in SpaceR-Eval's reader; with
 *   `fps` 0 it is `linspace(0, N − 1, n, dtype=int)`, as in several benchmarks;
 * - `strided`: the multiples of ⌊N / n⌋, as in LongVideoBench.
 */
export type FrameSpacing = 'even' | 'truncated' | 'strided';

/**
 * Choice and size of a medium's frames, when they differ from the model's own preprocessing; a benchmark's score depends on its frames. A
 * selection determines the frames completely. Sizes that it leaves out are the model's.
 *
 * @example
 * // 32 frames at most, one a second, the longer side 448 at most:
 * { fps: 1, maxFrames: 32, longestSide: 448 }
 */
export interface FrameSelection {
  /** Frames for each second of video; 0 takes `maxFrames` from every video. */
  readonly fps: number;
  readonly maxFrames: number;
  /** Least number of frames, for videos that have that many. Default: 1. */
  readonly minFrames?: number | undefined;
  /** Default: `even`. */
  readonly spacing?: FrameSpacing | undefined;
  /** Seconds of the video that are used, `[from, to)`. Default: all. */
  readonly span?: readonly [from: number, to: number] | undefined;
  /** Larger frames are scaled until their longer side has this many pixels, before the sides become multiples of a patch. */
  readonly longestSide?: number | undefined;
  /** `exchanged` swaps width and height of larger frames, as SpaceR-Eval does by mistake. Default: `kept`. */
  readonly sides?: 'kept' | 'exchanged' | undefined;
  /** Least area of a scaled frame. Default: the model's. */
  readonly minPixels?: number | undefined;
  /** Greatest area of a scaled frame. Default: the model's. */
  readonly maxPixels?: number | undefined;
  /**
   * Time of the frames for the model: `as-trained` makes two frames one second, as in SpaceR's training and evaluation; `filmed` uses their
   * real distance, as in the training of Qwen2.5-VL. Default: `as-trained`.
   */
  readonly timing?: 'as-trained' | 'filmed' | undefined;
}
