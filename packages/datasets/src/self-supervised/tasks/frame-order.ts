/**
 * Asks in which order four frames were filmed. Image 1 lies before the first of them or after the last, so that the order runs either way
 * through the video. The options differ in direction and in the two inner frames: no single image favors one of them.
 */
import { shuffled } from '../../rooms/furnish.ts';
import { allDiffer } from '../pictures.ts';
import { TOO_SHORT, TOO_STILL, drawFitting, drawWhole } from '../task.ts';
import type { Task } from '../task.ts';

/** Frames in a question, image 1 included. */
const FRAMES = 5;

/** See the head of this file. */
export const frameOrder: Task = {
  options: 4,
  draft({ film: { frames }, random, slot }) {
    const most = Math.floor((frames.length - 1) / (FRAMES - 1));
    if (most < 1) return TOO_SHORT;
    const drawn = drawFitting(
      () => {
        const gap = drawWhole(random, Math.ceil(most / 2), most + 1);
        const first = drawWhole(random, 0, frames.length - gap * (FRAMES - 1));
        const along = Array.from({ length: FRAMES }, (_, step) => frames[first + gap * step]!);
        return random() < 0.5 ? along : along.reverse();
      },
      (pictures) => allDiffer(pictures),
    );
    if (drawn === undefined) return TOO_STILL;
    const [start, ...rest] = drawn;
    // `places[rank]` is the number under which the frame of that rank is shown.
    const shown = shuffled(random, [0, 1, 2, 3]);
    const places = [0, 1, 2, 3].map((rank) => shown.indexOf(rank) + 2);
    const [a, b, c, d] = places as [number, number, number, number];
    const right = [a, b, c, d];
    const wrong = shuffled(random, [
      [a, c, b, d],
      [d, c, b, a],
      [d, b, c, a],
    ]);
    const orders = [...wrong.slice(0, slot), right, ...wrong.slice(slot)];
    return {
      question:
        'These are image 1: <image> image 2: <image> image 3: <image> image 4: <image> image 5: <image> ' +
        'The camera moves on from image 1. In which order are the others?',
      options: orders.map((order) => order.join(', ')),
      right: slot,
      media: [start!, ...shown.map((rank) => rest[rank]!)].map((picture) => ({
        kind: 'image',
        picture,
      })),
      thinking: `From image 1 the camera moves on to ${right.join(', ')}.`,
    };
  },
};
