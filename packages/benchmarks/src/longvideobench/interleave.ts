/** Frames and subtitles of a video in the order of time, as LongVideoBench shows them. */
import type { MediaReference, MessagePart, Subtitle } from '@loci/core';
import { covers } from '../reading/subtitles.ts';

/** When frames are taken, in seconds: one a second while they are fewer than `maxFrames`, else that many equal steps. */
export function frameTimes(duration: number, maxFrames: number): readonly number[] {
  const count = Math.max(1, Math.min(maxFrames, Math.trunc(duration)));
  const step = duration > maxFrames ? duration / maxFrames : 1;
  return Array.from({ length: count }, (_, index) => index * step);
}

/**
 * Each frame as an image of its own, and between them the lines, each after the frames that come before its middle. Lines that
 * no frame falls into are left out.
 */
export function interleave(
  video: MediaReference,
  times: readonly number[],
  subtitles: readonly Subtitle[],
): readonly MessagePart[] {
  const parts: MessagePart[] = [];
  let shown = 0;
  const showUntil = (moment: number): void => {
    for (; shown < times.length && times[shown]! <= moment; shown++) {
      const atSeconds = times[shown]!;
      parts.push({ type: 'media', media: { kind: 'image', path: video.path, atSeconds } });
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
