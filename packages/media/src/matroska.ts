/**
 * Tells damaged Matroska and WebM files (Matroska, RFC 9559; EBML, RFC 8794) by the size that they declare, and by whether their
 * elements follow one another to the end. Mediabunny reads cluster by cluster, so it takes a file that was cut off for a shorter video.
 * Behind damage it looks for the next element, and never stops when there is none.
 */
import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { bytesAt, headOf } from './file-bytes.ts';

const EBML_HEADER = 0x1a45dfa3;
/** The element that holds all others but the header. */
const SEGMENT = 0x18538067;
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
/** Both headers lie within these first bytes. */
const START_BYTES = 4096;
/** The longest head of an element: 4 bytes of its name, 8 of its size. */
const HEAD_BYTES = 12;
/** The shortest element. */
const LEAST_BYTES = 8;
/** How far Mediabunny looks for the next element. */
const REACH = 10 * 2 ** 20;

/** The bytes that a file declares and has; undefined for another form, and for a file that was written live without a size. */
export async function matroskaSize(
  path: string,
): Promise<{ readonly declared: number; readonly actual: number } | undefined> {
  const declared = declaredSize(await headOf(path, START_BYTES));
  return declared === undefined ? undefined : { declared, actual: (await stat(path)).size };
}

function declaredSize(head: Buffer): number | undefined {
  if (head.length < 4 || head.readUInt32BE(0) !== EBML_HEADER) return undefined;
  let at = 0;
  for (;;) {
    const element = elementAt(head, at);
    if (element?.length === undefined) return undefined;
    at += element.content + element.length;
    if (element.id === SEGMENT) return at;
  }
}

/** @throws Error that names the byte behind which there is no element. */
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
        // Within a cluster of unknown size Mediabunny never ends.
        const next = isInCluster
          ? undefined
          : await nextElement(file, at, Math.min(end, at + REACH));
        // The search finds the name of an element without a size again and again.
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

/** The head of an element: its name, the bytes of the head, and those of the content where they are known. */
function elementAt(
  bytes: Buffer,
  at: number,
):
  | { readonly id: number; readonly content: number; readonly length: number | undefined }
  | undefined {
  const idLength = vintLength(bytes, at);
  if (idLength === undefined || at + idLength > bytes.length) return undefined;
  const id = bytes.readUIntBE(at, Math.min(idLength, 6));
  const sizeAt = at + idLength;
  const sizeLength = vintLength(bytes, sizeAt);
  if (sizeLength === undefined || sizeAt + sizeLength > bytes.length) return undefined;
  return { id, content: idLength + sizeLength, length: vintValue(bytes, sizeAt, sizeLength) };
}

/** Bytes of the variable-length integer at `at`, 1 to 8. */
function vintLength(bytes: Buffer, at: number): number | undefined {
  const first = bytes[at];
  return first === undefined || first === 0 ? undefined : Math.clz32(first) - 23;
}

/** The value of a size; undefined when all its bits are set, which means unknown. */
function vintValue(bytes: Buffer, at: number, length: number): number | undefined {
  let value = BigInt(bytes[at]! & (0xff >> length));
  for (let index = 1; index < length; index++) value = value * 256n + BigInt(bytes[at + index]!);
  return value === 2n ** BigInt(7 * length) - 1n ? undefined : Number(value);
}
