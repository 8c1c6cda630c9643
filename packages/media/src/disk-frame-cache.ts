/**
 * Decoded frames kept on disk, so that the next run does not decode again. Any number of processes may use one folder: a file appears
 * whole or not at all, one that is damaged is read anew, and one that another process has just deleted is a miss.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, writeError } from '@loci/core';
import { readClip, writeClip } from './clip-file.ts';
import type { FrameCache } from './frame-cache.ts';
import type { Clip } from './picture.ts';

/** Where frames are kept, and how many. */
export interface DiskFrameCacheOptions {
  /** Made if it is missing; nothing else should be in it. */
  readonly folder: string;
  /** Of all files together. Several processes may go beyond it by a sixteenth each until they next look. */
  readonly maxBytes: number;
  /** Told once when frames cannot be kept any more, such as on a full disk; they are still read. */
  readonly warn: (message: string) => void;
}

/** What was found in a cache on disk. */
export interface DiskFrameCache extends FrameCache {
  readonly counts: { readonly hits: number; readonly misses: number; readonly damaged: number };
}

const ENDING = '.frames';
/** A temporary file of this age was left by a process that was killed. */
const ABANDONED_MS = 10 * 60 * 1000;
/** Shares of the bound: what may be written before the folder is looked at again, and what is then cleared beyond need. */
const SLACK = 1 / 16;

/** @throws LociError `not-writable` or `disk-full` when the folder cannot be made. */
export async function openDiskFrameCache(options: DiskFrameCacheOptions): Promise<DiskFrameCache> {
  const { folder, maxBytes, warn } = options;
  const counts = { hits: 0, misses: 0, damaged: 0 };
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw writeError(folder, cause);
  });
  let writtenSinceLook = Infinity;
  let writing = Promise.resolve();
  let warned = false;

  async function find(path: string, key: string): Promise<Clip | undefined> {
    let clip: Clip | undefined;
    try {
      clip = readClip(await readFile(path), key);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    }
    if (clip === undefined) counts.damaged++;
    const now = new Date();
    // Its time says when it was last used. Another process may have deleted it meanwhile.
    await utimes(path, now, now).catch(() => undefined);
    return clip;
  }

  async function keep(path: string, parts: readonly Uint8Array[]): Promise<void> {
    const bytes = parts.reduce((sum, part) => sum + part.byteLength, 0);
    if (bytes > maxBytes) return;
    if (writtenSinceLook + bytes > maxBytes * SLACK) {
      await clear(folder, Math.min(maxBytes * (1 - SLACK), maxBytes - bytes));
      writtenSinceLook = 0;
    }
    writtenSinceLook += bytes;
    const temporary = join(folder, `${randomUUID()}.tmp`);
    try {
      const file = await open(temporary, 'wx');
      try {
        for (const part of parts) await file.writeFile(part);
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  function complain(error: unknown): void {
    if (!warned) warn(`Frames can no longer be kept in ${folder}: ${messageOf(error)}`);
    warned = true;
  }

  return {
    counts,
    async get(key, read) {
      const name = createHash('sha256').update(key).digest('hex').slice(0, 40);
      const path = join(folder, `${name}${ENDING}`);
      const kept = await find(path, key);
      if (kept) {
        counts.hits++;
        return kept;
      }
      counts.misses++;
      const clip = await read();
      // One after the other, so that the bound holds.
      writing = writing.then(() => keep(path, writeClip(key, clip))).catch(complain);
      await writing;
      return clip;
    },
  };
}

/** Deletes what was abandoned, then the least recently used files until no more than `maxBytes` are left. */
async function clear(folder: string, maxBytes: number): Promise<void> {
  const now = Date.now();
  const files: { readonly path: string; readonly bytes: number; readonly usedMs: number }[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const isTemporary = name.endsWith('.tmp');
    if (!isTemporary && !name.endsWith(ENDING)) continue;
    const facts = await stat(path).catch(() => undefined);
    if (!facts) continue;
    if (isTemporary && now - facts.mtimeMs > ABANDONED_MS) await rm(path, { force: true });
    else files.push({ path, bytes: facts.size, usedMs: facts.mtimeMs });
  }
  files.sort((a, b) => a.usedMs - b.usedMs);
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes } of files) {
    if (total <= maxBytes) return;
    if (path.endsWith('.tmp')) continue;
    await rm(path, { force: true });
    total -= bytes;
  }
}
