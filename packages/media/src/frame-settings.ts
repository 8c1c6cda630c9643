/** Defines how a model's frames are sized and normalized, with the values of SpaceR's training. Each model reads its own folder for them. */
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
 * A model's own rule for the size of a video's frames, whose limits may count the pixels of all frames. The frames of a question with
 * limits of its own are scaled one by one.
 */
export interface VideoSizing {
  /** Distinguishes the rule in the keys of scaled frames. */
  readonly name: string;
  /**
   * @param factor pixels along a side of a merge block.
   * @throws LociError `aspect-ratio`, `too-few-frames`.
   */
  size(frame: Size, frames: number, factor: number, limits: PixelLimits): Size;
}

/** All settings that turn a media file into patches, except the patch sizes of the model config. */
export interface FrameSettings {
  readonly normalisation: Normalisation;
  readonly image: PixelLimits;
  readonly video: PixelLimits & FrameRate & { readonly sizing?: VideoSizing };
}

/** Means and deviations of CLIP, which Qwen2.5-VL uses as well. */
export const CLIP_NORMALISATION: Normalisation = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};

/** The settings of SpaceR's training. */
export const DEFAULT_FRAME_SETTINGS: FrameSettings = {
  normalisation: CLIP_NORMALISATION,
  image: { minPixels: 4 * 28 * 28, maxPixels: 256 * 28 * 28 },
  video: {
    ...TRAINING_FRAME_RATE,
    minPixels: TRAINING_FRAME_AREA.min,
    maxPixels: TRAINING_FRAME_AREA.max,
  },
};

/**
 * The settings with other limits for videos, given for each frame. A model whose limits count the pixels of all frames gets them times
 * the most frames of a video.
 *
 * @example withFrameLimits(settings, { minPixels: 784, maxPixels: 4704 }, { fps: 2, minFrames: 4, maxFrames: 8 })
 */
export function withFrameLimits(
  settings: FrameSettings,
  { minPixels, maxPixels }: PixelLimits,
  rate: FrameRate,
): FrameSettings {
  const { sizing } = settings.video;
  const frames = sizing === undefined ? 1 : rate.maxFrames;
  const limits = { minPixels: frames * minPixels, maxPixels: frames * maxPixels };
  return { ...settings, video: { ...rate, ...limits, ...(sizing && { sizing }) } };
}
