/** Computes the facts of a video before any frame is decoded: how many frames it shows, when, and at what rate. */
import type { Input } from 'mediabunny';
import type { ShownFrame } from './shown-frames.ts';

/** The frames of a video, before any is decoded. */
export interface VideoFacts {
  readonly totalFrames: number;
  /** Frames a second on average. */
  readonly fps: number;
  /** When each frame is shown, in seconds from the first. */
  readonly times: readonly number[];
  /** When the first frame is shown, in seconds from the beginning of the file, whose sound may begin earlier; by default 0. */
  readonly start?: number;
}

/** The facts of a video from the frames that it shows and the beginnings of its sound. */
export async function factsOf(shown: readonly ShownFrame[], input: Input): Promise<VideoFacts> {
  const first = shown[0]!.start;
  const last = shown.at(-1)!;
  let earliest = first;
  for (const sound of await input.getAudioTracks()) {
    const begins = await sound.getFirstTimestamp().catch(() => first);
    // Players skip sound before 0.
    earliest = Math.min(earliest, Math.max(begins, 0));
  }
  return {
    totalFrames: shown.length,
    fps: averageFrameRate(shown.length, last.start + last.duration - first),
    times: shown.map(({ start }) => start - first),
    start: first - earliest,
  };
}

/** Containers round times to a millisecond, at both ends of a video. */
const ROUNDING = 0.002;

/** The rate of a video that states none, as in SpaceR-Eval. */
const UNKNOWN_RATE = 30;

/**
 * Frames a second of a video, on average. A rate within rounding of a usual one (25, 30, 30000/1001, …) is taken for that one.
 * Otherwise 90 frames of a WebM at 30 a second may count as a little less than three seconds, and sampling takes a frame too few.
 *
 * @param seconds from the first frame to the end of the last; 0 when unknown.
 */
export function averageFrameRate(frames: number, seconds: number): number {
  if (seconds <= 0) return UNKNOWN_RATE;
  const measured = frames / seconds;
  const whole = Math.round(measured);
  const broadcast = (Math.round((measured * 1001) / 1000) * 1000) / 1001;
  const nearest = Math.abs(whole - measured) <= Math.abs(broadcast - measured) ? whole : broadcast;
  return Math.abs(frames / nearest - seconds) <= ROUNDING ? nearest : measured;
}
