/** Containers round times to a millisecond, at both ends of a video. */
const ROUNDING = 0.002;

/** What a video that does not tell is taken for, as in SpaceR-Eval. */
const UNKNOWN_RATE = 30;

/**
 * Frames a second of a video, on average. A rate that rounded times cannot tell from a usual one (25, 30, 30000/1001, …) is taken for
 * that one: otherwise 90 frames of a WebM at 30 a second may come out as a little less than three seconds' worth, and a frame short.
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
