/**
 * Whether the elements of a Matroska or WebM file follow one another to its end. Mediabunny looks for the next element behind damage,
 * and never stops looking when there is none.
 */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { SEGMENT, elementAt } from './matroska-size.ts';

const EBML_HEADER = 0x1a45dfa3;
const CLUSTER = 0x1f43b675;
const VOID = 0xec;
/** SeekHead, Info, Cluster, Tracks, Cues, Attachments, Chapters, Tags (RFC 9559). */
const LEVEL_1 = new Set([
  0x114d9b74,
  0x1549a966,
  CLUSTER,
  0x1654ae6b,
  0x1c53bb6b,
  0x1941a469,
  0x1043a770,
  0x1254c367,
]);
/** The longest head of an element: 4 bytes of its name, 8 of its size. */
const HEAD_BYTES = 12;
/** Fewer bytes hold no element. */
const LEAST_BYTES = 8;
/** How far Mediabunny looks for the next element. */
const REACH = 10 * 2 ** 20;

/** @throws Error that names the byte behind which no element is found. */
export async function checkElements(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    let at = 0;
    let end = size;
    let isInCluster = false;
    while (end - at > LEAST_BYTES) {
      const element = elementAt(await bytesAt(file, at, HEAD_BYTES), 0);
      const { id = -1, content = 0, length } = element ?? {};
      const isKnown = id === EBML_HEADER || id === SEGMENT || LEVEL_1.has(id) || id === VOID;
      if (!isKnown && !(isInCluster && length !== undefined)) {
        // Within a cluster of unknown size Mediabunny goes round in circles.
        const next = isInCluster
          ? undefined
          : await nextElement(file, at, Math.min(end, at + REACH));
        // The name of an element without a size is found again and again.
        if (next === undefined || next === at)
          throw new Error(`it is damaged at byte ${at}: convert or fetch it again`);
        at = next;
        continue;
      }
      if (id === SEGMENT && length !== undefined) end = Math.min(end, at + content + length);
      if (id === SEGMENT || LEVEL_1.has(id)) isInCluster = id === CLUSTER && length === undefined;
      const isEntered = id === SEGMENT || length === undefined;
      at += isEntered ? content : content + length;
    }
  } finally {
    await file.close();
  }
}

/** Where the next element of a segment begins, byte by byte. */
async function nextElement(
  file: FileHandle,
  from: number,
  to: number,
): Promise<number | undefined> {
  const bytes = await bytesAt(file, from, to - from);
  for (let at = 0; at < bytes.length - LEAST_BYTES; at++) {
    if (LEVEL_1.has(bytes.readUInt32BE(at))) return from + at;
  }
  return undefined;
}

async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}
