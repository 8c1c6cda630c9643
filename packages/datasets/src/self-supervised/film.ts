/** Reads the frames of a video file for tasks: at even times, scaled, of even sides. */
import { deriveSeed, randomStream } from '@loci/core';
import { decodeVideo, resizePicture } from '@loci/media';
import type { Picture, VideoFacts } from '@loci/media';
import type { FoundVideo } from './find-videos.ts';
import type { FilmedFrames } from './task.ts';

/** How to read a video. */
export interface FilmSettings {
  readonly framesPerSecond: number;
  readonly clipSeconds: number;
  /** Of a longer video, a random section of this length is read. */
  readonly windowSeconds: number;
  readonly longestSide: number;
  readonly seed: number;
}

/** Models need at least four frames of a video. */
const LEAST_CLIP_FRAMES = 4;

/** @throws LociError `media-unreadable`. */
export async function readFilm(video: FoundVideo, settings: FilmSettings): Promise<FilmedFrames> {
  let rate = settings.framesPerSecond;
  const choose = (facts: VideoFacts): readonly number[] => {
    rate = Math.min(settings.framesPerSecond, facts.fps);
    return framesAtEvenTimes(facts, rate, settings, video.name);
  };
  const frames = await decodeVideo(video.path, choose, (picture) =>
    scaled(picture, settings.longestSide),
  );
  const clipFrames = Math.max(LEAST_CLIP_FRAMES, Math.round(settings.clipSeconds * rate));
  return { name: video.name, frames, clipFrames };
}

function framesAtEvenTimes(
  { times }: VideoFacts,
  rate: number,
  { windowSeconds, seed }: FilmSettings,
  name: string,
): readonly number[] {
  const last = times.at(-1) ?? 0;
  const spare = Math.max(0, last - windowSeconds);
  const from = spare * randomStream(deriveSeed(seed, 'self-supervised', 'window', name))();
  const until = Math.min(last, from + windowSeconds);
  const chosen: number[] = [];
  let index = 0;
  // Files round their times: a frame that begins within half a millisecond counts as begun.
  for (let shot = 0; from + shot / rate <= until + 5e-4; shot++) {
    while (index + 1 < times.length && times[index + 1]! <= from + shot / rate + 5e-4) index++;
    if (chosen.at(-1) !== index) chosen.push(index);
  }
  return chosen;
}

/** H.264 wants even sides. */
function scaled(picture: Picture, longestSide: number): Picture {
  const factor = Math.min(1, longestSide / Math.max(picture.width, picture.height));
  const even = (side: number): number => Math.max(16, 2 * Math.round((side * factor) / 2));
  const [width, height] = [even(picture.width), even(picture.height)];
  if (width === picture.width && height === picture.height) return picture;
  return resizePicture(picture, width, height);
}
