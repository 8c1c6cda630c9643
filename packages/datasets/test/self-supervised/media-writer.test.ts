import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { MediaWriter } from '../../src/self-supervised/media-writer.ts';
import type { DraftMedium } from '../../src/self-supervised/task.ts';

const PICTURE: DraftMedium = {
  kind: 'image',
  picture: { width: 2, height: 2, pixels: new Uint8Array(12).fill(99) },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loci-media-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('media get numbered files, which are there after the end', async () => {
  mkdirSync(join(folder, 'media'));
  const writer = new MediaWriter(folder, 4);
  const paths = await Promise.all([PICTURE, PICTURE].map((medium) => writer.write(medium)));
  expect(paths).toEqual(['media/000000.png', 'media/000001.png']);
  await writer.end();
  for (const path of paths) {
    expect(readFileSync(join(folder, path)).subarray(1, 4).toString()).toBe('PNG');
  }
});

test('a medium that could not be written fails the end, even when it failed long before', async () => {
  const writer = new MediaWriter(folder, 4);
  const path = await writer.write(PICTURE);
  await writer.settle();
  mkdirSync(join(folder, 'media'));
  await writer.write(PICTURE);
  await expect(writer.end()).rejects.toMatchObject({ code: 'ENOENT' });
  expect(existsSync(join(folder, path))).toBe(false);
});

test('writing stops soon after a medium could not be written', async () => {
  const writer = new MediaWriter(folder, 4);
  const writeAll = async (): Promise<void> => {
    for (let count = 0; count < 20; count++) await writer.write(PICTURE);
  };
  await expect(writeAll()).rejects.toMatchObject({ code: 'ENOENT' });
  await writer.settle();
});
