/** Orders the frames and subtitles of a video by time, as LongVideoBench shows them. */
import type { FrameSelection, MediaReference, MessagePart, Subtitle } from '@loci/core';
import { mediaPart } from '../asking/prompts.ts';
import { covers } from '../reading/subtitles.ts';

/**
 * Times of the frames in seconds, in equal steps from the start: `fps` a second unless that makes more than `maxFrames`. The
 * benchmark chooses them in this way from the length in its records, before it opens the video.
 */
export function frameTimes(
  duration: number,
  { fps, maxFrames }: FrameSelection,
): readonly number[] {
  const wanted = fps > 0 ? Math.trunc(duration * fps) : maxFrames;
  const count = Math.max(1, Math.min(maxFrames, wanted));
  const step = wanted > maxFrames || fps === 0 ? duration / count : 1 / fps;
  return Array.from({ length: count }, (_, index) => index * step);
}

/**
 * Each frame as an image of its own, and each line after the frames before its middle. Lines without a frame are left out.
 */
export function interleave(
  video: MediaReference,
  frames: FrameSelection,
  duration: number,
  subtitles: readonly Subtitle[],
): readonly MessagePart[] {
  const times = frameTimes(duration, frames);
  const parts: MessagePart[] = [];
  let shown = 0;
  const showUntil = (moment: number): void => {
    for (; shown < times.length && times[shown]! <= moment; shown++) {
      const frame = { kind: 'image', path: video.path, second: times[shown]! } as const;
      parts.push(mediaPart(frame, frames));
    }
  };
  for (const subtitle of subtitles) {
    showUntil((subtitle.start + subtitle.end) / 2);
    if (times.some((moment) => covers(subtitle, moment))) {
      parts.push({ type: 'text', text: `${subtitle.text}\n` });
    }
  }
  showUntil(Infinity);
  return parts;
}
