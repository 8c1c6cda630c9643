/** Computes the frame size of videos for Qwen3-VL, whose limits count the pixels of all frames together. */
import { LociError } from '@loci/core';
import { roundHalfToEven } from '@loci/media';
import type { PixelLimits, Size, VideoSizing } from '@loci/media';

/** Greatest ratio of the longer side to the shorter one. */
const MOST_RATIO = 200;

/** Frames in a patch. */
const TEMPORAL_FACTOR = 2;

/** Enlarges a frame whose shorter side is less than a merge block until it is one, as transformers 5 does. */
function atLeast({ width, height }: Size, factor: number): Size {
  if (width >= factor && height >= factor) return { width, height };
  const scale = Math.max(factor / width, factor / height);
  return { width: Math.trunc(width * scale), height: Math.trunc(height * scale) };
}

/**
 * The size of a frame: multiples of `factor`, with the pixels of all frames within the limits and the nearest aspect ratio that these allow
 * (`smart_resize` of transformers' `video_processing_qwen3_vl.py`).
 *
 * @throws LociError `too-few-frames` for fewer than two, `aspect-ratio` beyond 200:1.
 */
function videoSize(
  frame: Size,
  frames: number,
  factor: number,
  { minPixels, maxPixels }: PixelLimits,
): Size {
  if (frames < TEMPORAL_FACTOR) {
    throw new LociError(
      'too-few-frames',
      `a video of ${frames} frames is too short: the model needs two`,
    );
  }
  const { width, height } = atLeast(frame, factor);
  const ratio = Math.max(width, height) / Math.min(width, height);
  if (ratio > MOST_RATIO) {
    throw new LociError(
      'aspect-ratio',
      `a picture of ${width}×${height} pixels has the aspect ratio ${ratio}; the limit is ${MOST_RATIO}`,
    );
  }
  const rounded = (side: number) => roundHalfToEven(side / factor) * factor;
  const times = roundHalfToEven(frames / TEMPORAL_FACTOR) * TEMPORAL_FACTOR;
  const pixels = times * rounded(width) * rounded(height);
  if (pixels > maxPixels) {
    const shrink = Math.sqrt((frames * height * width) / maxPixels);
    const side = (length: number) =>
      Math.max(factor, Math.floor(length / shrink / factor) * factor);
    return { width: side(width), height: side(height) };
  }
  if (pixels < minPixels) {
    const grow = Math.sqrt(minPixels / (frames * height * width));
    const side = (length: number) => Math.ceil((length * grow) / factor) * factor;
    return { width: side(width), height: side(height) };
  }
  return { width: rounded(width), height: rounded(height) };
}

/** The rule under its name. */
export const WHOLE_VIDEO: VideoSizing = { name: 'qwen3-vl', size: videoSize };
