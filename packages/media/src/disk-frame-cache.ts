/**
 * Keeps decoded frames on disk, so that the next run does not decode them again. Any number of processes may use one folder: a file
 * appears whole or not at all, a damaged one is replaced, and one that another process has just deleted is a miss.
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
  /** Created if it is missing; should hold nothing else. */
  readonly folder: string;
  /** Of all files together. Each process may exceed it by a sixteenth until it next looks at the folder. */
  readonly maxBytes: number;
  /** Called once when frames cannot be kept any more, such as on a full disk. Reading continues. */
  readonly warn: (message: string) => void;
}

/** A cache on disk, with its counts of lookups. */
export interface DiskFrameCache extends FrameCache {
  readonly counts: { readonly hits: number; readonly misses: number; readonly damaged: number };
}

const ENDING = '.frames';
/** A temporary file of this age was left behind by a killed process. */
const ABANDONED_MS = 10 * 60 * 1000;
/** The share of the bound that may be written before the next look at the folder, and the share that is then cleared beyond need. */
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
    // The time of its last change records its last use. Another process may have deleted it meanwhile.
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

/** Deletes abandoned files, then the least recently used ones until at most `maxBytes` are left. */
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
