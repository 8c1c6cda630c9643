/**
 * Makes a ZIP archive of a few small files. The same content gives the same bytes, since the archive's name is their hash.
 * Source: PKWARE APPNOTE 6.3, sections 4.3.7 (local header), 4.3.12 (central directory) and 4.3.16 (its end).
 */
import { crc32, deflateRawSync } from 'node:zlib';

/** A file of an archive. */
export interface ArchiveFile {
  /** With `/` between folders, from the archive's root. */
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** The first date of the format, in place of the clock. */
const FIRST_DAY = 0x0021;
const UTF8_NAMES = 0x0800;
const DEFLATED = 8;
/** A plain file that everyone may read, as Unix systems store it. */
const FILE_MODE = (0o100644 << 16) >>> 0;

/** The archive, with files in the order of their paths. */
export function zip(files: readonly ArchiveFile[]): Buffer {
  const bodies: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const { path, content } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const name = Buffer.from(path, 'utf8');
    const plain = Buffer.from(content);
    const packed = deflateRawSync(plain, { level: 9 });
    const facts = factsOf(plain, packed, name);
    const local = Buffer.concat([u32(0x04034b50), u16(20), facts, u16(0), name, packed]);
    bodies.push(local);
    entries.push(
      Buffer.concat([
        ...[u32(0x02014b50), u16((3 << 8) | 20), u16(20), facts],
        ...[u16(0), u16(0), u16(0), u16(0), u32(FILE_MODE), u32(offset), name],
      ]),
    );
    offset += local.length;
  }
  const directory = Buffer.concat(entries);
  const count = u16(entries.length);
  const sizes = [u32(directory.length), u32(offset)];
  const end = [u32(0x06054b50), u16(0), u16(0), count, count, ...sizes, u16(0)];
  return Buffer.concat([...bodies, directory, ...end]);
}

/** The fields that both headers share, from the flags to the length of the name. */
function factsOf(plain: Buffer, packed: Buffer, name: Buffer): Buffer {
  return Buffer.concat([
    ...[u16(UTF8_NAMES), u16(DEFLATED), u16(0), u16(FIRST_DAY)],
    ...[u32(crc32(plain)), u32(packed.length), u32(plain.length), u16(name.length)],
  ]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
