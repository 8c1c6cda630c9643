/**
 * Reads Windows bitmaps, which sharp cannot read: 1, 4, 8, 16, 24 and 32 bits, with a palette, with masks, run-length encoded, and bottom
 * up or top down (Microsoft, "Bitmap Storage").
 */
import { expandRuns } from './bmp-runs.ts';
import { checkPixels } from './picture.ts';

/** Pixels of a bitmap, row-major from the top. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  /** 4: with transparency. */
  readonly channels: 3 | 4;
  readonly pixels: Uint8Array;
}

const FILE_HEADER = 14;
const RUNS_OF_BYTES = 1;
const RUNS_OF_NIBBLES = 2;
const MASKS = 3;

/** The contents of the headers. */
interface Layout {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  readonly compression: number;
  /** Where the pixels begin. */
  readonly pixelsAt: number;
  /** Where the header ends: masks or palette follow. */
  readonly headerEnd: number;
  /** Of a palette entry. */
  readonly entryBytes: 3 | 4;
}

/** @throws Error when the file is truncated, damaged or of an unknown kind. */
export function decodeBmp(file: Buffer): Bitmap {
  const layout = layoutOf(file);
  checkPixels(layout.width, layout.height);
  return layout.bits <= 8 ? indexed(file, layout) : direct(file, layout);
}

function layoutOf(file: Buffer): Layout {
  if (file.length < FILE_HEADER + 12) throw new Error('it is truncated within its header');
  const pixelsAt = file.readUInt32LE(10);
  const headerBytes = file.readUInt32LE(FILE_HEADER);
  const headerEnd = FILE_HEADER + headerBytes;
  if (headerBytes === 12) {
    const [width, height] = [file.readUInt16LE(18), file.readUInt16LE(20)];
    const bits = file.readUInt16LE(24);
    return checked({
      ...{ width, height, bits, pixelsAt, headerEnd },
      ...{ topDown: false, compression: 0, entryBytes: 3 },
    });
  }
  if (headerBytes < 40 || file.length < headerEnd) {
    throw new Error(`its header of ${headerBytes} bytes is unknown or truncated`);
  }
  const height = file.readInt32LE(22);
  return checked({
    width: file.readInt32LE(18),
    height: Math.abs(height),
    topDown: height < 0,
    bits: file.readUInt16LE(28),
    compression: file.readUInt32LE(30),
    ...{ pixelsAt, headerEnd, entryBytes: 4 },
  });
}

function checked(layout: Layout): Layout {
  const { width, height, bits, compression } = layout;
  if (width < 1 || height < 1) throw new Error(`its size of ${width}×${height} is damaged`);
  const known =
    (compression === 0 && [1, 4, 8, 16, 24, 32].includes(bits)) ||
    (compression === RUNS_OF_BYTES && bits === 8) ||
    (compression === RUNS_OF_NIBBLES && bits === 4) ||
    (compression === MASKS && (bits === 16 || bits === 32));
  if (known) return layout;
  throw new Error(`its ${bits} bits a pixel with compression ${compression} are not supported`);
}

/** The stored row that is shown as row `y`. */
const storedRow = ({ topDown, height }: Layout, y: number) => (topDown ? y : height - 1 - y);

/** The stored rows, each padded to four bytes; the padding of the last one may be missing. */
function rowsOf(file: Buffer, { width, height, bits, pixelsAt }: Layout) {
  const used = Math.ceil((width * bits) / 8);
  const stride = Math.ceil(used / 4) * 4;
  const there = file.length - pixelsAt;
  const needed = stride * (height - 1) + used;
  if (there < needed) throw new Error(`it is truncated: ${there} of ${needed} bytes are there`);
  return { data: file.subarray(pixelsAt), stride };
}

function indexed(file: Buffer, layout: Layout): Bitmap {
  const { width, height, bits, compression } = layout;
  const colors = paletteOf(file, layout);
  const runs = compression === 0 ? undefined : expandRuns(file.subarray(layout.pixelsAt), layout);
  const rows = runs ? undefined : rowsOf(file, layout);
  const pixels = new Uint8Array(width * height * 3);
  const mask = 2 ** bits - 1;
  for (let y = 0, to = 0; y < height; y++) {
    const row = storedRow(layout, y);
    for (let x = 0; x < width; x++, to += 3) {
      const bit = x * bits;
      const index = runs
        ? runs[row * width + x]!
        : (rows!.data[row * rows!.stride + (bit >> 3)]! >> (8 - bits - (bit & 7))) & mask;
      pixels[to] = colors[3 * index]!;
      pixels[to + 1] = colors[3 * index + 1]!;
      pixels[to + 2] = colors[3 * index + 2]!;
    }
  }
  return { width, height, channels: 3, pixels };
}

/** RGB of each index; indices without an entry are black. */
function paletteOf(file: Buffer, { bits, pixelsAt, headerEnd, entryBytes }: Layout): Uint8Array {
  const colors = new Uint8Array(3 * 2 ** bits);
  const end = Math.min(pixelsAt, file.length);
  for (let index = 0; index < 2 ** bits; index++) {
    const at = headerEnd + index * entryBytes;
    if (at + 3 > end) break;
    colors.set([file[at + 2]!, file[at + 1]!, file[at]!], 3 * index);
  }
  return colors;
}

function direct(file: Buffer, layout: Layout): Bitmap {
  const { width, height, bits } = layout;
  const { data, stride } = rowsOf(file, layout);
  const masks = masksOf(file, layout);
  const channels = masks.length === 4 ? 4 : 3;
  const bytes = bits / 8;
  const pixels = new Uint8Array(width * height * channels);
  for (let y = 0, to = 0; y < height; y++) {
    let at = storedRow(layout, y) * stride;
    for (let x = 0; x < width; x++, at += bytes) {
      const value = data.readUIntLE(at, bytes);
      for (const { shift, most } of masks) {
        const level = (value >>> shift) & most;
        pixels[to++] = most === 255 ? level : Math.floor((level * 255) / most);
      }
    }
  }
  return { width, height, channels, pixels };
}

/** Where red, green, blue and perhaps opacity lie in a value, and their greatest levels. */
function masksOf(file: Buffer, { bits, compression, headerEnd }: Layout) {
  // In files with older headers the masks follow the header.
  const at = FILE_HEADER + 40;
  const count = headerEnd - FILE_HEADER >= 56 ? 4 : 3;
  let masks = bits === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff];
  if (compression === MASKS) {
    if (file.length < at + 4 * count) throw new Error('it is truncated within its masks');
    masks = Array.from({ length: count }, (_, index) => file.readUInt32LE(at + 4 * index));
    if (masks[3] === 0) masks.pop();
  }
  return masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { shift, most: Math.max(mask >>> shift, 1) };
  });
}
