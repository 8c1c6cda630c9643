/** Finds the color of transparent pixels of a GIF (CompuServe, "GIF89a"), which readers that drop transparency show. */

const HEADER = 13;
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const GRAPHIC_CONTROL = 0xf9;

type Color = readonly [red: number, green: number, blue: number];

/** The color of the first frame's transparent index, or of index 0 when it has none; black when the file has neither. */
export function transparentColor(file: Buffer): Color {
  const tableBytes = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  const flags = file[10] ?? 0;
  let table = file.subarray(HEADER, HEADER + tableBytes(flags));
  let index = 0;
  let at = HEADER + table.length;
  while (file[at] === EXTENSION) {
    if (file[at + 1] === GRAPHIC_CONTROL && ((file[at + 3] ?? 0) & 1) === 1) {
      index = file[at + 6] ?? 0;
    }
    at += 2;
    while (file[at] !== undefined && file[at] !== 0) at += 1 + file[at]!;
    at++;
  }
  const local = file[at] === IMAGE ? tableBytes(file[at + 9] ?? 0) : 0;
  if (local > 0) table = file.subarray(at + 10, at + 10 + local);
  return [table[3 * index] ?? 0, table[3 * index + 1] ?? 0, table[3 * index + 2] ?? 0];
}

/** RGB of a GIF's RGBA, with a color in place of transparent pixels. */
export function withTransparentColor(rgba: Uint8Array, color: Color): Uint8Array {
  const pixels = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const isClear = rgba[from + 3] === 0;
    for (let channel = 0; channel < 3; channel++) {
      pixels[to + channel] = isClear ? color[channel]! : rgba[from + channel]!;
    }
  }
  return pixels;
}
