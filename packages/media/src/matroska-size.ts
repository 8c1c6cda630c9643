/**
 * How long a Matroska or WebM file ought to be. Its reader takes a file that was cut off for a shorter video, since it reads cluster by
 * cluster; the size that the segment declares gives it away (Matroska, RFC 9559; EBML, RFC 8794).
 */
import { open } from 'node:fs/promises';

const EBML_HEADER = 0x1a45dfa3;
const SEGMENT = 0x18538067;

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
    const idLength = vintLength(head, at);
    if (idLength === undefined || at + idLength > head.length) return undefined;
    const id = head.readUIntBE(at, Math.min(idLength, 6));
    const sizeAt = at + idLength;
    const sizeLength = vintLength(head, sizeAt);
    if (sizeLength === undefined || sizeAt + sizeLength > head.length) return undefined;
    const size = vintValue(head, sizeAt, sizeLength);
    if (size === undefined) return undefined;
    at = sizeAt + sizeLength + size;
    if (id === SEGMENT) return at;
  }
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
