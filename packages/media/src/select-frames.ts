/** Chooses the frames of a question's own selection, and their size. Benchmarks state both, and their scores depend on them. */
import { LociError } from '@loci/core';
import type { FrameSelection } from '@loci/core';
import type { VideoFacts } from './video-facts.ts';
import { evaluationFrameSize, evaluationFrames } from './frame-sampling.ts';
import type { PixelLimits } from './frame-settings.ts';
import { smartResize } from './smart-resize.ts';
import type { Size } from './smart-resize.ts';

/**
 * Numbers of the frames that a selection takes, ascending; `truncated` repeats frames of short videos.
 *
 * @throws LociError `too-few-frames` when the selection's span holds no frame.
 */
export function selectFrames(facts: VideoFacts, selection: FrameSelection): readonly number[] {
  const [first, end] = withinSpan(facts, selection.span);
  const indices = spaced(end - first, facts.fps, selection);
  return indices.map((index) => first + index);
}

/**
 * Number of the frame that a player shows at a second. A second before the first frame, when there is only sound, gives the first.
 *
 * @throws LociError `too-few-frames` when the video has ended by then.
 */
export function frameShownAt({ times, fps, start = 0 }: VideoFacts, second: number): number {
  const end = start + times.at(-1)! + 1 / fps;
  if (second > end) {
    throw new LociError(
      'too-few-frames',
      `no frame is shown at ${second} s; the video ends at ${end.toFixed(2)} s`,
    );
  }
  return Math.max(
    0,
    times.findLastIndex((time) => start + time <= second + 1e-6),
  );
}

/** The first frame of a span of the player's time and the one after its last. */
function withinSpan(
  { times, start = 0 }: VideoFacts,
  span: FrameSelection['span'],
): readonly [first: number, end: number] {
  if (span === undefined) return [0, times.length];
  const [from, to] = span;
  const first = times.findIndex((time) => start + time >= from);
  const end = times.findLastIndex((time) => start + time < to) + 1;
  if (first < 0 || end <= first) {
    const last = start + (times.at(-1) ?? 0);
    throw new LociError(
      'too-few-frames',
      `no frame is shown between ${from} and ${to} s; the last one is shown at ${last.toFixed(2)} s`,
    );
  }
  return [first, end];
}

/** Indices within `total` frames. */
function spaced(
  total: number,
  videoFps: number,
  { fps, maxFrames, minFrames = 1, spacing = 'even' }: FrameSelection,
): readonly number[] {
  switch (spacing) {
    case 'truncated':
      return evaluationFrames({
        totalFrames: total,
        videoFps,
        numFrames: maxFrames,
        fps,
        minFrames,
      }).indices;
    case 'even': {
      const count = frameCount();
      const step = count > 1 ? (total - 1) / (count - 1) : 0;
      return Array.from({ length: count }, (_, index) => Math.round(index * step));
    }
    case 'strided': {
      const count = frameCount();
      const step = Math.floor(total / count);
      return Array.from({ length: count }, (_, index) => index * step);
    }
    default:
      return spacing satisfies never;
  }

  /** The whole periods of `fps` in the video, within the limits and the frames that there are. */
  function frameCount(): number {
    const periods = fps > 0 ? Math.floor((total * fps) / videoFps) : maxFrames;
    return Math.min(Math.max(periods, minFrames, 1), maxFrames, total);
  }
}

/**
 * The size to which a selected frame is scaled: its longer side first brought down to `longestSide`, then both made multiples of
 * `factor` within the area limits.
 *
 * @param limits of the model; they count where the selection has none.
 * @throws LociError `aspect-ratio` beyond 200:1.
 */
export function selectedFrameSize(
  frame: Size,
  selection: FrameSelection,
  limits: PixelLimits,
  factor: number,
): Size {
  const { width, height } = boundedSize(frame, selection);
  return smartResize(
    width,
    height,
    factor,
    selection.minPixels ?? limits.minPixels,
    selection.maxPixels ?? limits.maxPixels,
  );
}

/** The size of a frame with its longer side brought down to a selection's limit; no side is 0. */
export function boundedSize(
  { width, height }: Size,
  { longestSide, sides }: Pick<FrameSelection, 'longestSide' | 'sides'>,
): Size {
  const limit = sides === 'exchanged' ? evaluationFrameSize : limitedSize;
  const bounded = longestSide === undefined ? { width, height } : limit(width, height, longestSide);
  return { width: Math.max(bounded.width, 1), height: Math.max(bounded.height, 1) };
}

/** The size with its longer side brought down to `maxSide`, the aspect ratio kept. */
function limitedSize(width: number, height: number, maxSide: number): Size {
  const scale = Math.min(1, maxSide / Math.max(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}
