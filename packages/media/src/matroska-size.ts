/**
 * How long a Matroska or WebM file ought to be. Its reader takes a file that was cut off for a shorter video, since it reads cluster by
 * cluster; the size that the segment declares gives it away (Matroska, RFC 9559; EBML, RFC 8794).
 */
import { open } from 'node:fs/promises';

const EBML_HEADER = 0x1a45dfa3;
/** The element that holds all others but the header. */
export const SEGMENT = 0x18538067;

/** Both headers stand at the very start. */
const HEAD_BYTES = 4096;

/** The bytes that a file declares and has; undefined when it is no Matroska, or written live without a size. */
export async function matroskaSize(
  path: string,
): Promise<{ readonly declared: number; readonly actual: number } | undefined> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const declared = declaredSize(buffer.subarray(0, bytesRead));
    return declared === undefined ? undefined : { declared, actual: (await file.stat()).size };
  } finally {
    await file.close();
  }
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

/** The head of an element: its name, how many bytes the head takes, and how many the content, where that is known. */
export function elementAt(
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

/** The value of a size; undefined when all its bits are set, which says that it is unknown. */
function vintValue(bytes: Buffer, at: number, length: number): number | undefined {
  let value = BigInt(bytes[at]! & (0xff >> length));
  for (let index = 1; index < length; index++) value = value * 256n + BigInt(bytes[at + index]!);
  return value === 2n ** BigInt(7 * length) - 1n ? undefined : Number(value);
}
