/** Reads a media file as the frames that the model sees: chooses, decodes, turns upright and scales them. */
import { LociError } from '@loci/core';
import type { FrameSelection, MediaReference } from '@loci/core';
import { decodeImage } from './decode-image.ts';
import { decodeVideo } from './decode-video.ts';
import type { FrameCache } from './frame-cache.ts';
import { frameKey } from './frame-key.ts';
import { trainingFrameIndices } from './frame-sampling.ts';
import type { FrameSettings, PixelLimits, VideoSizing } from './frame-settings.ts';
import type { Clip, Picture } from './picture.ts';
import { resizePicture } from './resize.ts';
import { boundedSize, frameShownAt, selectFrames, selectedFrameSize } from './select-frames.ts';
import { smartResize } from './smart-resize.ts';
import type { Size } from './smart-resize.ts';
import { mediaUnreadable } from './unreadable-reason.ts';
import type { VideoFacts } from './video-facts.ts';

/**
 * Reads a medium, by the model's own preprocessing or by a selection.
 *
 * Rejects with LociError `media-unreadable` naming the file when it is missing or damaged, has too few frames, or too long a side.
 */
export type FrameReader = (media: MediaReference, selection?: FrameSelection) => Promise<Clip>;

/** Codes of errors about files that are whole but do not fit the model. */
const UNFIT = new Set(['too-few-frames', 'aspect-ratio']);

/**
 * A reader for one model.
 *
 * @param factor pixels along a side of a merge block: patch size · spatial merge size.
 * @param cache holds scaled frames by file and settings.
 */
export function createFrameReader(
  settings: Pick<FrameSettings, 'image' | 'video'>,
  factor: number,
  cache: FrameCache,
): FrameReader {
  const read = async (media: MediaReference, selection?: FrameSelection): Promise<Clip> => {
    const limits = settings[media.kind];
    const sizing = media.kind === 'video' ? settings.video.sizing : undefined;
    let count = 1;
    const scale = (picture: Picture): Picture => {
      const { width, height } = targetSize(picture, count, selection, limits, factor, sizing);
      return resizePicture(picture, width, height);
    };
    if (media.kind === 'image' && media.second === undefined) {
      return { frames: [scale(await decodeImage(media.path))], seconds: [] };
    }
    let seconds: readonly number[] = [];
    const choose = (facts: VideoFacts): readonly number[] => {
      const indices = choice(facts);
      count = indices.length;
      if (media.kind === 'video') seconds = indices.map((index) => facts.times[index]!);
      return indices;
    };
    const choice = (facts: VideoFacts): readonly number[] => {
      if (media.kind === 'image') return [frameShownAt(facts, media.second ?? 0)];
      if (selection) return selectFrames(facts, selection);
      return trainingFrameIndices(facts.totalFrames, facts.fps, settings.video);
    };
    return { frames: await decodeVideo(media.path, choose, scale), seconds };
  };
  return async (media, selection) => {
    try {
      const limits = settings[media.kind];
      const key = await frameKey(media, selection, limits, factor);
      return await cache.get(key, () => read(media, selection));
    } catch (error) {
      const unfit = LociError.is(error) && UNFIT.has(error.code);
      throw unfit ? mediaUnreadable(media.path, error) : error;
    }
  };
}

/** The size of a frame: by the question's own selection, by the model's rule for videos, or by the limits alone. */
function targetSize(
  frame: Picture,
  frames: number,
  selection: FrameSelection | undefined,
  limits: PixelLimits,
  factor: number,
  sizing: VideoSizing | undefined,
): Size {
  if (!selection) {
    return sizing
      ? sizing.size(frame, frames, factor, limits)
      : smartResize(frame.width, frame.height, factor, limits.minPixels, limits.maxPixels);
  }
  const hasLimits = selection.minPixels !== undefined || selection.maxPixels !== undefined;
  if (!sizing) return selectedFrameSize(frame, selection, limits, factor);
  if (hasLimits) {
    const share = (pixels: number) => Math.floor(pixels / frames);
    const own = { minPixels: share(limits.minPixels), maxPixels: share(limits.maxPixels) };
    return selectedFrameSize(frame, selection, own, factor);
  }
  return sizing.size(boundedSize(frame, selection), frames, factor, limits);
}
