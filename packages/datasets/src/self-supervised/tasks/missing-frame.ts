/**
 * Asks which frame is missing between two others. Three frames are drawn in the same way, and a random one of them gets neighbors: no frame
 * alone gives the answer away.
 */
import { allDiffer } from '../pictures.ts';
import { TOO_SHORT, TOO_STILL, drawFitting, drawWhole } from '../task.ts';
import type { Task } from '../task.ts';

const CHOICES = 3;
/** Frames at least between the choices. */
const APART = 2;

/** See the head of this file. */
export const missingFrame: Task = {
  options: CHOICES,
  draft({ film: { frames }, random, slot }) {
    const reach = Math.max(1, Math.floor(frames.length / 12));
    if (frames.length < 2 * reach + CHOICES * APART) return TOO_SHORT;
    const places = drawFitting(
      () => Array.from({ length: CHOICES }, () => drawWhole(random, reach, frames.length - reach)),
      (drawn) => {
        const areApart = drawn.every((one, index) =>
          drawn.slice(0, index).every((other) => Math.abs(one - other) >= APART * reach),
        );
        return areApart && allDiffer(drawn.map((place) => frames[place]!));
      },
      60,
    );
    if (places === undefined) return TOO_STILL;
    const middle = places[slot]!;
    const around = [frames[middle - reach]!, frames[middle + reach]!];
    return {
      question: 'A frame is missing between <image> and <image> Which one is it?',
      options: ['<image>', '<image>', '<image>'],
      right: slot,
      media: [...around, ...places.map((place) => frames[place]!)].map((picture) => ({
        kind: 'image',
        picture,
      })),
      thinking: `The camera is between the two in option ${'ABC'[slot]!}.`,
    };
  },
};
