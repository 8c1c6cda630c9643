/** What a model wants of its frames, and what SpaceR trained with. How a model folder states it is the model's own business. */
import { TRAINING_FRAME_AREA, TRAINING_FRAME_RATE } from './frame-sampling.ts';
import type { FrameRate } from './frame-sampling.ts';
import type { Size } from './smart-resize.ts';

/** Least and greatest area of a picture after scaling, in pixels. */
export interface PixelLimits {
  readonly minPixels: number;
  readonly maxPixels: number;
}

/** Mean and standard deviation of each channel, of levels 0…1. */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/**
 * How large the frames of a video become, where a model has a rule of its own: its limits may count the pixels of all frames. A
 * question whose frames have limits of their own is scaled frame by frame.
 */
export interface VideoSizing {
  /** Tells the rule from others where scaled frames are kept. */
  readonly name: string;
  /**
   * @param factor pixels along a side of a merge block.
   * @throws LociError `aspect-ratio`, `too-few-frames`.
   */
  size(frame: Size, frames: number, factor: number, limits: PixelLimits): Size;
}

/** Everything that turns a media file into patches, the patch sizes of the model config aside. */
export interface FrameSettings {
  readonly normalisation: Normalisation;
  readonly image: PixelLimits;
  readonly video: PixelLimits & FrameRate & { readonly sizing?: VideoSizing };
}

/** Means and deviations of CLIP, which Qwen2.5-VL keeps. */
export const CLIP_NORMALISATION: Normalisation = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};

/** What SpaceR trained with. */
export const DEFAULT_FRAME_SETTINGS: FrameSettings = {
  normalisation: CLIP_NORMALISATION,
  image: { minPixels: 4 * 28 * 28, maxPixels: 256 * 28 * 28 },
  video: {
    ...TRAINING_FRAME_RATE,
    minPixels: TRAINING_FRAME_AREA.min,
    maxPixels: TRAINING_FRAME_AREA.max,
  },
};
