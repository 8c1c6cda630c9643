/** Turns the frames that a file stores into those that a player shows, at the player's times. */
import type { Edit, TrackEdits } from './edit-list.ts';
import type { StoredFrame } from './stored-frames.ts';

/** A shown frame. An edit list may show a stored frame several times. */
export interface ShownFrame {
  readonly stored: StoredFrame;
  /** Seconds on the player's clock. */
  readonly start: number;
  /** Seconds until the next frame, or to the end of the last one. */
  readonly duration: number;
}

/**
 * The frames of a track in display order.
 *
 * @param stored in ascending order of their times.
 * @param edits undefined shows all frames.
 */
export function shownFrames(
  stored: readonly StoredFrame[],
  edits: TrackEdits | undefined,
): readonly ShownFrame[] {
  if (!edits) {
    return stored.map((frame) => ({ stored: frame, start: frame.stamp, duration: frame.duration }));
  }
  const starts = edits.edits.flatMap((edit) => withinEdit(stored, edit, edits));
  return starts.map(({ stored: frame, start }, index) => {
    const duration = (starts[index + 1]?.start ?? start + frame.duration) - start;
    return { stored: frame, start, duration };
  });
}

/** The frames that begin within an edit, or else the one that is on display throughout. */
function withinEdit(
  stored: readonly StoredFrame[],
  { start, from, ticks }: Edit,
  { timescale, shift }: TrackEdits,
): readonly Omit<ShownFrame, 'duration'>[] {
  const tickOf = ({ stamp }: StoredFrame) => Math.round(stamp * timescale) + shift;
  const shown = stored.filter((frame) => tickOf(frame) >= from && tickOf(frame) < from + ticks);
  if (shown.length > 0) {
    return shown.map((frame) => ({
      stored: frame,
      start: start + (tickOf(frame) - from) / timescale,
    }));
  }
  const still = stored.findLast((frame) => tickOf(frame) <= from);
  const ended = !still || tickOf(still) + Math.round(still.duration * timescale) <= from;
  return ended ? [] : [{ stored: still, start }];
}
