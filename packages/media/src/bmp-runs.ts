/** Expands the run-length encoding of Windows bitmaps (RLE8 and RLE4). */

/**
 * Indices of all pixels, in the order in which rows are stored. Pixels that the runs skip have index 0.
 *
 * @param bits 8 or 4 a pixel.
 * @throws Error when the runs end before the picture does.
 */
export function expandRuns(
  data: Buffer,
  {
    width,
    height,
    bits,
  }: { readonly width: number; readonly height: number; readonly bits: number },
): Uint8Array {
  const indices = new Uint8Array(width * height);
  let x = 0;
  let y = 0;
  let at = 0;
  const put = (index: number) => {
    if (x < width && y < height) indices[y * width + x] = index;
    x++;
  };
  /** One of the indices that the byte at a place holds. */
  const indexAt = (from: number, item: number) => {
    if (bits === 8) return data[from + item]!;
    const pair = data[from + (item >> 1)]!;
    return item % 2 === 0 ? pair >> 4 : pair & 15;
  };
  while (y < height) {
    const count = data[at];
    const value = data[at + 1];
    if (count === undefined || value === undefined) throw new Error('it is truncated');
    at += 2;
    if (count > 0) {
      for (let item = 0; item < count; item++) put(indexAt(at - 1, bits === 8 ? 0 : item % 2));
    } else if (value === 0) {
      x = 0;
      y++;
    } else if (value === 1) {
      return indices;
    } else if (value === 2) {
      if (at + 2 > data.length) throw new Error('it is truncated');
      x += data[at]!;
      y += data[at + 1]!;
      at += 2;
    } else {
      const bytes = Math.ceil((value * bits) / 8);
      if (at + bytes > data.length) throw new Error('it is truncated');
      for (let item = 0; item < value; item++) put(indexAt(at, item));
      // Literal indices are padded to two bytes.
      at += bytes + (bytes % 2);
    }
  }
  return indices;
}
