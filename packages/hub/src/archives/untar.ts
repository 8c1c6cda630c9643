/** Unpacks tar files with `tar`, which detects their compression (none, gzip, zstd, brotli). */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LociError } from '@loci/core';
import { Parser } from 'tar';
import type { ReadEntry } from 'tar';
import type { Bounded } from './bounds.ts';
import { joinedBytes } from './joined-file.ts';
import { damaged, isOfDisk } from './unzip.ts';

const FILES: readonly string[] = ['File', 'OldFile', 'ContiguousFile'];

/**
 * Unpacks the files; links and devices are left out.
 *
 * @throws LociError `archive-damaged`, and those of the bounds.
 */
export async function untar(
  parts: readonly string[],
  folder: string,
  bounded: Bounded,
): Promise<void> {
  let writing: Promise<unknown> = Promise.resolve();
  let failure: unknown;
  const parser = new Parser({
    strict: true,
    onReadEntry(entry) {
      // Entries come one at a time: the next one waits until this one is read.
      writing = writing
        .then(() => (failure === undefined ? write(entry, folder, bounded) : entry.resume()))
        .catch((thrown: unknown) => {
          failure ??= thrown;
          entry.resume();
        });
    },
  });
  const ended = new Promise<void>((resolve, reject) => {
    parser.on('end', resolve);
    parser.on('error', reject);
  });
  ended.catch(() => undefined); // Awaited below, after the last byte.
  try {
    for await (const chunk of joinedBytes(parts)) {
      if (failure !== undefined) break;
      if (!parser.write(chunk)) await drained(parser, ended, () => failure !== undefined);
    }
    if (failure === undefined) {
      parser.end();
      await ended;
      await writing;
    }
  } catch (thrown) {
    failure ??= thrown;
  }
  if (failure === undefined) return;
  throw LociError.is(failure) || isOfDisk(failure) ? failure : damaged(parts, failure);
}

async function write(entry: ReadEntry, folder: string, bounded: Bounded): Promise<void> {
  if (!FILES.includes(entry.type)) {
    if (entry.type !== 'Directory') bounded.skipped++;
    entry.resume();
    return;
  }
  const path = bounded.file(entry.path);
  if (path === undefined) {
    entry.resume();
    return;
  }
  const target = join(folder, path);
  await mkdir(dirname(target), { recursive: true });
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        bounded.grow(chunk.length);
        done(null, chunk);
      } catch (thrown) {
        done(thrown as Error);
      }
    },
  });
  await pipeline(Readable.from(entry), watch, createWriteStream(target, { flags: 'wx' }));
}

/** Waits until the parser takes more, or a file has failed: the parser would then wait forever. */
function drained(parser: Parser, ended: Promise<void>, hasFailed: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = setInterval(() => hasFailed() && finish(), 50);
    const finish = (): void => {
      clearInterval(look);
      resolve();
    };
    parser.once('drain', finish);
    ended.catch((thrown: unknown) => {
      clearInterval(look);
      reject(thrown as Error);
    });
  });
}
