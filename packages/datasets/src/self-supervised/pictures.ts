/** Operations of tasks on frames: mirror, cut out, cover, compare. */
import type { Picture } from '@loci/media';

/** A rectangle within a picture, in pixels. */
export interface Cut {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Mean difference of a channel, of 255, below which two pictures count as the same. */
export const LEAST_DIFFERENCE = 4;

/** Gray level of a covered rectangle. */
const COVER = 128;

/** Left and right exchanged. */
export function mirrored({ width, height, pixels }: Picture): Picture {
  const turned = new Uint8Array(pixels.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = 3 * (row * width + column);
      const to = 3 * (row * width + (width - 1 - column));
      turned[to] = pixels[from]!;
      turned[to + 1] = pixels[from + 1]!;
      turned[to + 2] = pixels[from + 2]!;
    }
  }
  return { width, height, pixels: turned };
}

/** The part of a picture within a rectangle. */
export function cutOut(picture: Picture, { left, top, width, height }: Cut): Picture {
  const pixels = new Uint8Array(3 * width * height);
  for (let row = 0; row < height; row++) {
    const from = 3 * ((top + row) * picture.width + left);
    pixels.set(picture.pixels.subarray(from, from + 3 * width), 3 * row * width);
  }
  return { width, height, pixels };
}

/** A picture with a rectangle covered in gray. */
export function covered(picture: Picture, { left, top, width, height }: Cut): Picture {
  const pixels = new Uint8Array(picture.pixels);
  for (let row = top; row < top + height; row++) {
    const from = 3 * (row * picture.width + left);
    pixels.fill(COVER, from, from + 3 * width);
  }
  return { ...picture, pixels };
}

/** Mean absolute difference of two pictures of one size, of 255. */
export function difference(a: Picture, b: Picture): number {
  const { pixels } = a;
  const { length } = pixels;
  const others = b.pixels;
  let sum = 0;
  for (let at = 0; at < length; at++) {
    const gap = pixels[at]! - others[at]!;
    sum += gap < 0 ? -gap : gap;
  }
  return sum / length;
}

/** Whether every two of some pictures can be told apart. */
export function allDiffer(pictures: readonly Picture[]): boolean {
  return pictures.every((one, index) =>
    pictures.slice(0, index).every((other) => difference(one, other) >= LEAST_DIFFERENCE),
  );
}
