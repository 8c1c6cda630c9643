/** Asks which of three pictures a cut-out belongs to: the same place is covered in each. No picture alone gives the answer away. */
import { allDiffer, covered, cutOut } from '../pictures.ts';
import type { Cut } from '../pictures.ts';
import { TOO_SHORT, TOO_STILL, drawFitting, drawWhole } from '../task.ts';
import type { Task } from '../task.ts';

const PICTURES = 3;
/** Of a side of the picture. */
const SHARE = { least: 0.25, most: 0.45 } as const;

/** See the head of this file. */
export const cutout: Task = {
  options: PICTURES,
  draft({ film: { frames }, random, slot }) {
    if (frames.length < PICTURES) return TOO_SHORT;
    const [{ width, height } = { width: 0, height: 0 }] = frames;
    const drawn = drawFitting(
      () => {
        const side = (full: number): number =>
          Math.round(full * (SHARE.least + random() * (SHARE.most - SHARE.least)));
        const size = { width: side(width), height: side(height) };
        const cut: Cut = {
          ...size,
          left: drawWhole(random, 0, width - size.width + 1),
          top: drawWhole(random, 0, height - size.height + 1),
        };
        const pictures = Array.from(
          { length: PICTURES },
          () => frames[drawWhole(random, 0, frames.length)]!,
        );
        return { cut, pictures };
      },
      ({ cut, pictures }) => allDiffer(pictures.map((picture) => cutOut(picture, cut))),
    );
    if (drawn === undefined) return TOO_STILL;
    const { cut, pictures } = drawn;
    return {
      question:
        'Image 1: <image> image 2: <image> image 3: <image> The same place is covered in all of them. ' +
        'In which one does this piece belong? <image>',
      options: ['image 1', 'image 2', 'image 3'],
      right: slot,
      media: [
        ...pictures.map((picture) => covered(picture, cut)),
        cutOut(pictures[slot]!, cut),
      ].map((picture) => ({ kind: 'image', picture })),
      thinking: `The edges of the piece go on in image ${slot + 1}.`,
    };
  },
};
