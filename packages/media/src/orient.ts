import type { Picture } from './picture.ts';

/** The correction for how a camera was held: a clockwise turn in degrees, then mirroring left to right. */
export interface Orientation {
  readonly rotation: 0 | 90 | 180 | 270;
  readonly flip: boolean;
}

/** Turns a picture upright by the orientation that phones store in their videos. */
export function orientPicture(picture: Picture, { rotation, flip }: Orientation): Picture {
  if (rotation === 0 && !flip) return picture;
  const { pixels: source } = picture;
  const turned = rotation === 90 || rotation === 270;
  const [width, height] = turned
    ? [picture.height, picture.width]
    : [picture.width, picture.height];
  const target = new Uint8Array(source.length);
  for (let y = 0, from = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++, from += 3) {
      const [row, column] = place(x, y, picture, rotation);
      const to = (row * width + (flip ? width - 1 - column : column)) * 3;
      target[to] = source[from]!;
      target[to + 1] = source[from + 1]!;
      target[to + 2] = source[from + 2]!;
    }
  }
  return { width, height, pixels: target };
}

/** Row and column of a pixel after the turn. */
function place(
  x: number,
  y: number,
  { width, height }: Picture,
  rotation: Orientation['rotation'],
): readonly [row: number, column: number] {
  switch (rotation) {
    case 0:
      return [y, x];
    case 90:
      return [x, height - 1 - y];
    case 180:
      return [height - 1 - y, width - 1 - x];
    case 270:
      return [width - 1 - x, y];
    default:
      return rotation satisfies never;
  }
}
