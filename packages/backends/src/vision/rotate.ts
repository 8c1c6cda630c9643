import type { Picture } from './picture.ts';

/** Turns a picture clockwise, as the rotation that a phone notes in its videos asks for. */
export function rotatePicture(picture: Picture, degrees: 0 | 90 | 180 | 270): Picture {
  if (degrees === 0) return picture;
  const { width, height, pixels: source } = picture;
  const turned = degrees !== 180;
  const target = new Uint8Array(source.length);
  for (let y = 0, from = 0; y < height; y++) {
    for (let x = 0; x < width; x++, from += 3) {
      const [row, column] =
        degrees === 90
          ? [x, height - 1 - y]
          : degrees === 180
            ? [height - 1 - y, width - 1 - x]
            : [width - 1 - x, y];
      const to = (row * (turned ? height : width) + column) * 3;
      target[to] = source[from]!;
      target[to + 1] = source[from + 1]!;
      target[to + 2] = source[from + 2]!;
    }
  }
  return { width: turned ? height : width, height: turned ? width : height, pixels: target };
}
