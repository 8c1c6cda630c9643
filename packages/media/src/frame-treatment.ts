import { permutation } from '@loci/core';
import type { FrameTreatment } from '@loci/core';
import type { Picture } from './picture.ts';

/** What the controls and the temporal reward do to frames: put them in random order, black them out, or leave the first one only. */
export function treatFrames(
  frames: readonly Picture[],
  treatment: FrameTreatment,
): readonly Picture[] {
  switch (treatment.kind) {
    case 'as-filmed':
      return frames;
    case 'shuffled':
      return Array.from(permutation(frames.length, treatment.seed), (index) => frames[index]!);
    case 'blank':
      return frames.map(({ width, height, pixels }) => ({
        width,
        height,
        pixels: new Uint8Array(pixels.length),
      }));
    case 'first-frame':
      return frames.slice(0, 1);
    default:
      treatment satisfies never;
      throw new TypeError('no such frame treatment');
  }
}
