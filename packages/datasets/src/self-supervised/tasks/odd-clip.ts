/**
 * Asks which of three clips of a video differs from the others: mirrored, or played backwards. In half of the questions the two others are
 * mirrored or reversed instead, and clips of either direction begin anywhere: neither a single clip nor the first frames give the answer away.
 */
import type { Picture } from '@loci/media';
import { LEAST_DIFFERENCE, difference, mirrored } from '../pictures.ts';
import { TOO_SHORT, TOO_STILL, drawFitting, drawWhole } from '../task.ts';
import type { DraftQuestion, Task, TaskSource } from '../task.ts';

const CLIPS = 3;
const ORDINALS = ['the first', 'the second', 'the third'] as const;

function question(
  clips: readonly (readonly Picture[])[],
  slot: number,
  ask: string,
  how: string,
): DraftQuestion {
  return {
    question: `Clip 1: <video> clip 2: <video> clip 3: <video> ${ask}`,
    options: ORDINALS,
    right: slot,
    media: clips.map((frames) => ({ kind: 'video', frames })),
    thinking: `Two clips ${how} alike, ${ORDINALS[slot]!} is unlike them.`,
  };
}

/** One of three clips is mirrored, or the two others are. */
export const mirroredClip: Task = {
  options: CLIPS,
  draft({ film: { frames, clipFrames }, random, slot }) {
    if (frames.length < clipFrames) return TOO_SHORT;
    const world = random() < 0.5;
    const clips = drawFitting(
      () =>
        Array.from({ length: CLIPS }, () => {
          const from = drawWhole(random, 0, frames.length - clipFrames + 1);
          return frames.slice(from, from + clipFrames);
        }),
      (drawn) =>
        drawn.every(([first]) => difference(first!, mirrored(first!)) >= 2 * LEAST_DIFFERENCE),
    );
    if (clips === undefined) return { unfit: 'it looks the same when it is mirrored' };
    const shown = clips.map((clip, index) =>
      (index === slot) !== world ? clip.map((frame) => mirrored(frame)) : clip,
    );
    return question(
      shown,
      slot,
      'Left and right are exchanged in one of them or in the two others. Which one is unlike the others?',
      'show left and right',
    );
  },
};

/** One of three clips runs backwards, or the two others do. */
export const backwardClip: Task = {
  options: CLIPS,
  draft({ film: { frames, clipFrames }, random, slot }: TaskSource) {
    const reach = clipFrames - 1;
    // Every first frame leaves room for a clip in both directions.
    if (frames.length < 2 * reach + 2) return TOO_SHORT;
    const world = random() < 0.5;
    const clips = drawFitting(
      () =>
        Array.from({ length: CLIPS }, (_, index) => {
          const step = (index === slot) !== world ? -1 : 1;
          const first = drawWhole(random, reach, frames.length - reach);
          return Array.from({ length: clipFrames }, (__, at) => frames[first + step * at]!);
        }),
      // Both directions from each first frame must move, or the direction that was drawn would show in what was kept.
      (drawn) =>
        drawn.every((clip) => {
          const at = frames.indexOf(clip[0]!);
          const moves = (to: number): boolean =>
            difference(clip[0]!, frames[to]!) >= LEAST_DIFFERENCE;
          return moves(at + reach) && moves(at - reach);
        }),
    );
    if (clips === undefined) return TOO_STILL;
    return question(
      clips,
      slot,
      'One of them is played the other way than the two others: forwards or backwards. Which one?',
      'move',
    );
  },
};
