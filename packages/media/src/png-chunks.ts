/** Reads and mends the chunks of a PNG (W3C, "Portable Network Graphics"), for facts and faults that sharp does not handle. */
import { crc32 } from 'node:zlib';

const SIGNATURE = 8;
/** Length, type and checksum of a chunk. */
const FRAME = 12;

/** Whether Pillow opens a PNG as RGBA: with an alpha channel of its own, of color or of 16-bit gray. */
export function hasAlphaChannel(head: Buffer): boolean {
  const depth = head[24];
  const kind = head[25];
  return kind === 6 || (kind === 4 && depth === 16);
}

/** The PNG with checksums that fit its chunks; a truncated chunk does not change. */
export function withTrueChecksums(file: Buffer): Buffer {
  const mended = Buffer.from(file);
  let at = SIGNATURE;
  while (at + FRAME <= mended.length) {
    const end = at + 8 + mended.readUInt32BE(at);
    if (end + 4 > mended.length) break;
    mended.writeUInt32BE(crc32(mended.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return mended;
}
