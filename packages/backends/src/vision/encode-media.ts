/** From a media file to the patches of the vision tower: choose frames, decode, scale, treat, cut. */
import type { EncodedMedia, FrameTreatment, MediaReference } from '@loci/core';
import type { VisionConfig } from '../model/config.ts';
import { decodeImage } from './decode-image.ts';
import { decodeVideo } from './decode-video.ts';
import type { FrameCache } from './frame-cache.ts';
import { trainingFrameIndices } from './frame-sampling.ts';
import type { FrameSettings, PixelLimits } from './frame-settings.ts';
import { treatFrames } from './frame-treatment.ts';
import { cutPatches } from './patches.ts';
import type { Picture } from './picture.ts';
import { resizePicture } from './resize.ts';
import { smartResize } from './smart-resize.ts';

/** Turns media references into what a policy takes. */
export type MediaEncoder = (
  media: MediaReference,
  treatment: FrameTreatment,
) => Promise<EncodedMedia>;

/** The real frame rate is never told to the model: a two-frame patch counts as one second, as in SpaceR's training. */
const SECONDS_PER_GRID = 1;

function scaler(limits: PixelLimits, factor: number): (picture: Picture) => Picture {
  return (picture) => {
    const { width, height } = smartResize(
      picture.width,
      picture.height,
      factor,
      limits.minPixels,
      limits.maxPixels,
    );
    return resizePicture(picture, width, height);
  };
}

/**
 * An encoder for one model.
 *
 * @param cache holds scaled frames by path; treatments are applied afterwards, so all of them share one decoding.
 */
export function createMediaEncoder(
  vision: VisionConfig,
  settings: FrameSettings,
  cache: FrameCache,
): MediaEncoder {
  const factor = vision.patchSize * vision.spatialMergeSize;
  const scaleImage = scaler(settings.image, factor);
  const scaleFrame = scaler(settings.video, factor);
  const read = async ({ kind, path }: MediaReference): Promise<readonly Picture[]> => {
    if (kind === 'image') return [scaleImage(await decodeImage(path))];
    const frames = await decodeVideo(path, ({ totalFrames, fps }) =>
      trainingFrameIndices(totalFrames, fps, settings.video),
    );
    return frames.map(scaleFrame);
  };
  return async (media, treatment) => {
    const frames = await cache.get(`${media.kind}:${media.path}`, () => read(media));
    return {
      kind: media.kind,
      ...cutPatches(treatFrames(frames, treatment), vision, settings.normalisation),
      secondsPerGrid: media.kind === 'video' ? SECONDS_PER_GRID : 0,
    };
  };
}
