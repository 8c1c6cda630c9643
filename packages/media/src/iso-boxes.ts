/** Lists the boxes of mp4 and mov files (ISO/IEC 14496-12, 4.2). */
import type { FileHandle } from 'node:fs/promises';
import { bytesAt } from './file-bytes.ts';

/** A box. */
export interface Box {
  readonly type: string;
  /** Where its content lies in the file. */
  readonly from: number;
  readonly to: number;
}

/** Matches boxes of a type. */
export const named = (type: string) => (box: Box) => box.type === type;

/** The box that lies within others, from the outermost inwards. */
export async function descend(
  file: FileHandle,
  within: Box,
  [type, ...rest]: readonly string[],
): Promise<Box | undefined> {
  if (type === undefined) return within;
  const box = (await boxesWithin(file, within)).find(named(type));
  return box && descend(file, box, rest);
}

/** The boxes that follow one another between two places of a file; the last one may be cut off. */
export async function boxesWithin(
  file: FileHandle,
  { from, to }: Pick<Box, 'from' | 'to'>,
): Promise<readonly Box[]> {
  const boxes: Box[] = [];
  let at = from;
  while (at + 8 <= to) {
    const head = await bytesAt(file, at, 16);
    if (head.length < 8) break;
    const type = head.toString('latin1', 4, 8);
    let size = head.readUInt32BE(0);
    let headSize = 8;
    if (size === 1 && head.length === 16) {
      size = Number(head.readBigUInt64BE(8));
      headSize = 16;
    }
    if (size === 0) size = to - at;
    if (size < headSize) break;
    boxes.push({ type, from: at + headSize, to: Math.min(at + size, to) });
    at += size;
  }
  return boxes;
}
