/** Encodes a media file as the patches of the vision tower: reads, treats and cuts its frames. */
import type { EncodedMedia } from '@loci/core';
import { createFrameReader, treatFrames } from '@loci/media';
import type { FrameCache, FrameSettings, Picture } from '@loci/media';
import type { MediaEncoder } from '../spec/prompts.ts';
import type { VisionSizes } from '../spec/sizes.ts';
import { cutPatches } from './patches.ts';

/** SpaceR's training never gives the model the true frame rate: a two-frame patch counts as one second. */
const TRAINED_SECONDS_PER_GRID = 1;

/**
 * An encoder for one model.
 *
 * @param cache holds scaled frames. Treatments come afterwards, so all of them share one decoding.
 */
export function createMediaEncoder(
  vision: VisionSizes,
  settings: FrameSettings,
  cache: FrameCache,
): MediaEncoder {
  const read = createFrameReader(settings, vision.patchSize * vision.mergeSize, cache);
  const treated = async (...[media, treatment, selection]: Parameters<MediaEncoder>) => {
    const clip = await read(media, selection);
    const frames = treatFrames(clip.frames, treatment);
    return { frames, seconds: clip.seconds.slice(0, frames.length) };
  };
  const cut = (frames: readonly Picture[]) => cutPatches(frames, vision, settings.normalisation);
  const asOne = async (
    ...[media, treatment, selection]: Parameters<MediaEncoder>
  ): Promise<EncodedMedia> => {
    const { frames, seconds } = await treated(media, treatment, selection);
    const patches = cut(frames);
    if (media.kind === 'image') return { kind: 'image', ...patches, secondsPerGrid: 0 };
    const secondsPerGrid =
      selection?.timing === 'filmed'
        ? filmedSecondsPerGrid(seconds, vision.temporalPatchSize)
        : TRAINED_SECONDS_PER_GRID;
    return { kind: 'video', ...patches, secondsPerGrid, frameSeconds: seconds };
  };
  const asImages: MediaEncoder['asImages'] = async (media, treatment, selection) => {
    const { frames, seconds } = await treated(media, treatment, selection);
    const images = frames.map(
      (frame) => ({ kind: 'image', ...cut([frame]), secondsPerGrid: 0 }) as const,
    );
    return { images, seconds };
  };
  return Object.assign(asOne, { asImages });
}

/** Seconds of one patch of `depth` frames, by the mean distance of the frames. */
function filmedSecondsPerGrid(seconds: readonly number[], depth: number): number {
  if (seconds.length < 2) return TRAINED_SECONDS_PER_GRID;
  return (depth * (seconds.at(-1)! - seconds[0]!)) / (seconds.length - 1);
}
