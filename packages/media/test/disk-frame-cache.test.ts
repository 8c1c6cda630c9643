import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readClip, writeClip } from '../src/clip-file.ts';
import { openDiskFrameCache } from '../src/disk-frame-cache.ts';
import { createFrameCache } from '../src/frame-cache.ts';
import { frameKey } from '../src/frame-key.ts';
import { clipOf } from './support/clips.ts';

let root: string;
let folder: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'loci-frames-'));
});
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'cache-'));
});
afterAll(() => rm(root, { recursive: true }));

const warn = (message: string): void => {
  throw new Error(message);
};
const open = (maxBytes = 1e9) => openDiskFrameCache({ folder, maxBytes, warn });
const nothing = () => Promise.reject(new Error('it was not kept'));
const files = async () => (await readdir(folder)).map((name) => join(folder, name));
/** Bytes of one clip's file, its key of a few letters. */
const CLIP = Buffer.concat(writeClip('a', clipOf(1))).length + 8;

describe('what was kept', () => {
  test('is found by the next process, as it was', async () => {
    const first = await open();
    await first.get('a', async () => clipOf(7));
    const second = await open();
    expect(await second.get('a', nothing)).toEqual(clipOf(7));
    expect(second.counts).toEqual({ hits: 1, misses: 0, damaged: 0 });
    await expect(second.get('b', nothing)).rejects.toThrow('it was not kept');
    expect(await files()).toHaveLength(1);
  });

  test('stands below the cache in memory', async () => {
    await (await open()).get('a', async () => clipOf(7));
    const disk = await open();
    const memory = createFrameCache(1e9, disk);
    await Promise.all([memory.get('a', nothing), memory.get('a', nothing)]);
    await memory.get('a', nothing);
    expect(disk.counts).toEqual({ hits: 1, misses: 0, damaged: 0 });
  });

  test('goes when the bound is reached, the least recently used first', async () => {
    const cache = await open(10 * CLIP);
    for (let number = 0; number < 8; number++) {
      await cache.get(`${number}`, async () => clipOf(number));
      for (const path of await files()) {
        const { mtimeMs } = await stat(path);
        await utimes(path, new Date(mtimeMs - 1000), new Date(mtimeMs - 1000));
      }
    }
    expect(await files()).toHaveLength(8);
    await cache.get('0', nothing);
    for (let number = 8; number < 14; number++) {
      await cache.get(`${number}`, async () => clipOf(number));
    }
    const sizes = await Promise.all((await files()).map(async (path) => (await stat(path)).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(10 * CLIP);
    expect(sizes.length).toBeGreaterThanOrEqual(8);
    await cache.get('0', nothing);
    await cache.get('13', nothing);
    await expect(cache.get('1', nothing)).rejects.toThrow('it was not kept');
  });

  test('is nothing when a clip alone goes beyond the bound', async () => {
    const cache = await open(1000);
    expect(await cache.get('a', async () => clipOf(1))).toEqual(clipOf(1));
    expect(await files()).toEqual([]);
  });
});

describe('a damaged file is replaced', () => {
  const damages: Readonly<Record<string, (whole: Buffer) => Buffer>> = {
    empty: () => Buffer.alloc(0),
    'cut short': (whole) => whole.subarray(0, whole.length - 1),
    'cut in its head': (whole) => whole.subarray(0, 20),
    'one bit other': (whole) => {
      const other = Buffer.from(whole);
      other[500]! ^= 1;
      return other;
    },
    'all zeros': (whole) => Buffer.alloc(whole.length),
    'of another key': () => Buffer.concat(writeClip('b', clipOf(9))),
  };
  test.each(Object.keys(damages))('%s', async (name) => {
    await (await open()).get('a', async () => clipOf(7));
    const [path] = await files();
    await writeFile(path!, damages[name]!(await readFile(path!)));
    const cache = await open();
    expect(await cache.get('a', async () => clipOf(8))).toEqual(clipOf(8));
    expect(cache.counts).toEqual({ hits: 0, misses: 1, damaged: 1 });
    expect(await cache.get('a', nothing)).toEqual(clipOf(8));
  });
});

test('a folder that cannot be written costs the keeping, not the frames', async () => {
  const lines: string[] = [];
  const cache = await openDiskFrameCache({
    folder,
    maxBytes: 1e9,
    warn: (line) => lines.push(line),
  });
  await rm(folder, { recursive: true });
  await writeFile(folder, 'a file where the folder was');
  for (const key of ['a', 'b'])
    expect(await cache.get(key, async () => clipOf(3))).toEqual(clipOf(3));
  expect(lines).toEqual([expect.stringMatching(/^Frames can no longer be kept in .*cache-/)]);
  await expect(open()).rejects.toMatchObject({ code: 'not-writable' });
});

test('processes share a folder, and killing them leaves no broken file', async () => {
  const maxBytes = 24 * CLIP;
  const source = join(import.meta.dirname, './support/cache-writer.mjs');
  const start = () =>
    spawn(process.execPath, [source, folder, `${maxBytes}`, '40'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  const writers = [start(), start()];
  const ended = writers.map((writer) => once(writer, 'exit'));
  await Promise.all(
    writers.map((writer) => Promise.race([once(writer.stdout, 'data'), once(writer, 'exit')])),
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const writer of writers) writer.kill('SIGKILL');
  // Not one ended by itself, which it does when it meets frames of another key.
  expect((await Promise.all(ended)).map(([, signal]) => signal)).toEqual(Array(2).fill('SIGKILL'));

  const kept = (await files()).filter((path) => path.endsWith('.frames'));
  expect(kept.length).toBeGreaterThan(10);
  expect(kept.length).toBeLessThanOrEqual(24 * (1 + 1 / 16) + 2);
  const keys = Array.from({ length: 40 }, (_, number) => `clip ${number}`);
  for (const path of kept) {
    const file = await readFile(path);
    expect(keys.some((key) => readClip(file, key) !== undefined)).toBe(true);
  }
  // What was being written when they were killed is cleared away later.
  const abandoned = join(folder, 'abandoned.tmp');
  await writeFile(abandoned, 'half a clip');
  await utimes(abandoned, 0, 0);
  const cache = await open(maxBytes);
  await cache.get('one more', async () => clipOf(1));
  expect(await files()).not.toContain(abandoned);
  expect(cache.counts.damaged).toBe(0);
});

describe('the key', () => {
  const limits = { minPixels: 784, maxPixels: 7840 };
  const media = () => ({ kind: 'video', path: join(folder, 'a.mp4') }) as const;

  test('tells apart whatever changes the frames', async () => {
    await writeFile(media().path, 'abc');
    await utimes(media().path, 1, 1);
    const frames = { fps: 1, maxFrames: 4 };
    const base = await frameKey(media(), frames, limits, 28);
    expect(await frameKey(media(), { maxFrames: 4, fps: 1 }, limits, 28)).toBe(base);
    const others = [
      await frameKey({ ...media(), kind: 'image' }, frames, limits, 28),
      await frameKey({ ...media(), second: 1 }, frames, limits, 28),
      await frameKey(media(), { ...frames, spacing: 'strided' }, limits, 28),
      await frameKey(media(), undefined, limits, 28),
      await frameKey(media(), frames, { ...limits, maxPixels: 784 }, 28),
      await frameKey(media(), frames, limits, 32),
    ];
    await utimes(media().path, 1, 2);
    others.push(await frameKey(media(), frames, limits, 28));
    await writeFile(media().path, 'abcd');
    await utimes(media().path, 1, 1);
    others.push(await frameKey(media(), frames, limits, 28));
    expect(new Set([base, ...others]).size).toBe(1 + others.length);
  });
});
