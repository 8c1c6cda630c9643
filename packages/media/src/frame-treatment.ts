/** Applies a frame treatment of a diagnosis to the frames of a video. */
import { permutation } from '@loci/core';
import type { FrameTreatment } from '@loci/core';
import type { Picture } from './picture.ts';

/** The frames after a treatment: in another order, mirrored, blacked out, or only the first one. */
export function treatFrames(
  frames: readonly Picture[],
  treatment: FrameTreatment,
): readonly Picture[] {
  switch (treatment.kind) {
    case 'as-filmed':
      return frames;
    case 'shuffled':
      return Array.from(permutation(frames.length, treatment.seed), (index) => frames[index]!);
    case 'reversed':
      return frames.toReversed();
    case 'mirrored':
      return frames.map(mirrored);
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
      throw new TypeError('unknown frame treatment');
  }
}

/** Left and right exchanged: every row of pixels from right to left. */
function mirrored({ width, height, pixels }: Picture): Picture {
  const turned = new Uint8Array(pixels.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = 3 * (row * width + column);
      const to = 3 * (row * width + (width - 1 - column));
      for (let channel = 0; channel < 3; channel++) turned[to + channel] = pixels[from + channel]!;
    }
  }
  return { width, height, pixels: turned };
}
