/** From a media file to frames as the model sees them: choose, decode, turn upright, scale. */
import { LociError } from '@loci/core';
import type { FrameSelection, MediaReference } from '@loci/core';
import { decodeImage } from './decode-image.ts';
import { decodeVideo } from './decode-video.ts';
import type { VideoFacts } from './decode-video.ts';
import type { FrameCache } from './frame-cache.ts';
import { frameKey } from './frame-key.ts';
import { trainingFrameIndices } from './frame-sampling.ts';
import type { FrameSettings, PixelLimits } from './frame-settings.ts';
import { mediaUnreadable } from './media-unreadable.ts';
import type { Clip, Picture } from './picture.ts';
import { resizePicture } from './resize.ts';
import { frameShownAt, selectFrames, selectedFrameSize } from './select-frames.ts';
import { smartResize } from './smart-resize.ts';

/**
 * Reads a medium, by the model's own preprocessing or by a selection.
 *
 * Rejects with LociError `media-unreadable` naming the file, whatever is wrong with it: it is missing or damaged, has too few frames
 * or too long a side.
 */
export type FrameReader = (media: MediaReference, selection?: FrameSelection) => Promise<Clip>;

/** Errors that say that a file, however sound, is not fit for the model. */
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
    const scale = scaler(selection, limits, factor);
    if (media.kind === 'image' && media.second === undefined) {
      return { frames: [scale(await decodeImage(media.path))], seconds: [] };
    }
    let seconds: readonly number[] = [];
    const choose = (facts: VideoFacts): readonly number[] => {
      const indices = choice(facts);
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

function scaler(
  selection: FrameSelection | undefined,
  limits: PixelLimits,
  factor: number,
): (picture: Picture) => Picture {
  return (picture) => {
    const { width, height } = selection
      ? selectedFrameSize(picture, selection, limits, factor)
      : smartResize(picture.width, picture.height, factor, limits.minPixels, limits.maxPixels);
    return resizePicture(picture, width, height);
  };
}
