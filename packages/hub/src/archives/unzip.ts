/** Unpacks zip files with `yauzl`, and checks the path, size and checksum of every entry. */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { LociError, messageOf } from '@loci/core';
import { fromRandomAccessReader } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import type { Bounded } from './bounds.ts';
import { JoinedReader, joinedSize } from './joined-file.ts';

const TYPE = 0o170000;
const REGULAR = 0o100000;
/** An archive made on Unix keeps the mode of a file in the upper half of its attributes. */
const UNIX = 3;

/**
 * Unpacks the files; links are left out.
 *
 * @throws LociError `archive-damaged`, `archive-encrypted`, and those of the bounds.
 */
export async function unzip(
  parts: readonly string[],
  folder: string,
  bounded: Bounded,
): Promise<void> {
  const zip = await opened(parts);
  try {
    for await (const entry of entriesOf(zip, parts)) {
      const path = entry.fileName.endsWith('/') ? undefined : fileOf(entry, bounded);
      if (path === undefined) continue;
      if (entry.isEncrypted()) {
        throw new LociError(
          'archive-encrypted',
          `${parts[0]!} is locked with a password: unpack it by hand, and name the folder`,
        );
      }
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true });
      let sum = 0;
      const watch = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          try {
            bounded.grow(chunk.length);
            sum = crc32(chunk, sum);
            done(null, chunk);
          } catch (thrown) {
            done(thrown as Error);
          }
        },
      });
      await pipeline(await bytesOf(zip, entry), watch, createWriteStream(target, { flags: 'wx' }));
      if (sum !== entry.crc32) {
        throw damaged(parts, new Error(`the checksum of ${entry.fileName} does not match`));
      }
    }
  } catch (thrown) {
    throw LociError.is(thrown) || isOfDisk(thrown) ? thrown : damaged(parts, thrown);
  } finally {
    zip.close();
  }
}

function fileOf(entry: Entry, bounded: Bounded): string | undefined {
  const mode =
    entry.versionMadeBy >>> 8 === UNIX ? (entry.externalFileAttributes >>> 16) & TYPE : 0;
  if (mode === 0 || mode === REGULAR) return bounded.file(entry.fileName);
  bounded.skipped++;
  return undefined;
}

function opened(parts: readonly string[]): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromRandomAccessReader(
      new JoinedReader(parts),
      joinedSize(parts),
      // Names are checked by the bounds, with the others of the same archive.
      { lazyEntries: true, autoClose: false, validateEntrySizes: true },
      (thrown, zip) => (thrown ? reject(damaged(parts, thrown)) : resolve(zip!)),
    );
  });
}

async function* entriesOf(zip: ZipFile, parts: readonly string[]): AsyncIterable<Entry> {
  let wake: (entry: Entry | undefined) => void = () => undefined;
  let fail: (thrown: unknown) => void = () => undefined;
  zip.on('entry', (entry: Entry) => wake(entry));
  zip.on('end', () => wake(undefined));
  zip.on('error', (thrown: unknown) => fail(damaged(parts, thrown)));
  for (;;) {
    const entry = await new Promise<Entry | undefined>((resolve, reject) => {
      [wake, fail] = [resolve, reject];
      zip.readEntry();
    });
    if (entry === undefined) return;
    yield entry;
  }
}

function bytesOf(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (thrown, stream) => (thrown ? reject(thrown) : resolve(stream!)));
  });
}

/** Whether an error comes from the disk, and not from the archive. */
export function isOfDisk(thrown: unknown): boolean {
  const { code } = thrown as { readonly code?: unknown };
  return ['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'EMFILE'].includes(String(code));
}

/** The error for an archive that cannot be read. */
export function damaged(parts: readonly string[], cause: unknown): LociError {
  const why = messageOf(cause);
  const path = parts.length === 1 ? parts[0]! : `${parts[0]!} and ${parts.length - 1} more parts`;
  if (/relative path|absolute path|invalid characters/u.test(why)) {
    return new LociError(
      'archive-path',
      `${path} holds a file that would lie outside of its folder (${why}): the archive is not used`,
      { cause },
    );
  }
  const split = /multi-disk/u.test(why)
    ? ': it is split over several files that only zip itself can join (zip -s 0 in.zip --out whole.zip)'
    : '';
  return new LociError('archive-damaged', `${path} cannot be unpacked (${why})${split}`, { cause });
}
