/** Asks whether two clips show one place: sections of one video, or of two. The second clip is drawn in the same way in both cases. */
import { TOO_SHORT, drawWhole } from '../task.ts';
import type { FilmedFrames, Task } from '../task.ts';

/** See the head of this file. */
export const samePlace: Task = {
  options: 2,
  draft({ film, other, random, slot }) {
    if (other === undefined) return { unfit: 'no other video has frames of its size' };
    const isSame = random() < 0.5;
    const partner = isSame ? film : other;
    if ([film, partner].some(({ frames, clipFrames }) => frames.length < 2 * clipFrames)) {
      return TOO_SHORT;
    }
    // From the first half and from the second, in either order, so that two clips of one video share no frame.
    const early = random() < 0.5;
    const clipOf = ({ frames, clipFrames }: FilmedFrames, isEarly: boolean) => {
      const half = Math.floor(frames.length / 2);
      const from = isEarly ? 0 : frames.length - half;
      const at = drawWhole(random, from, from + half - clipFrames + 1);
      return frames.slice(at, at + clipFrames);
    };
    const options = isSame === (slot === 0) ? ['yes', 'no'] : ['no', 'yes'];
    return {
      question: '<video> <video> Do these two clips show the same place?',
      options,
      right: slot,
      media: [
        { kind: 'video', frames: clipOf(film, early) },
        { kind: 'video', frames: clipOf(partner, !early) },
      ],
      thinking: isSame ? 'The same things are in both.' : 'They show different things.',
    };
  },
};
