import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomStream } from '@loci/core';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { decodeImage } from '../src/decode-image.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loci-image-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Three pixels wide, two high, no two alike. */
const COLOURS = [200, 60, 60, 60, 180, 80, 80, 90, 190, 30, 30, 30, 220, 220, 220, 128, 128, 128];
const colours = () => raw(Uint8Array.from(COLOURS), 3, 2, 3);

function raw(pixels: Uint8Array | Uint16Array, width: number, height: number, channels: 1 | 3 | 4) {
  return sharp(pixels, { raw: { width, height, channels } });
}

async function read(name: string, image: Sharp | Buffer) {
  const path = join(folder, name);
  await writeFile(path, Buffer.isBuffer(image) ? image : await image.toBuffer());
  const { width, height, pixels } = await decodeImage(path);
  return { width, height, pixels: [...pixels] };
}

describe('what is read', () => {
  test('PNG and lossless WebP exactly, also with a palette', async () => {
    const expected = { width: 3, height: 2, pixels: COLOURS };
    expect(await read('a.png', colours().png())).toEqual(expected);
    expect(await read('b.png', colours().png({ palette: true }))).toEqual(expected);
    expect(await read('c.webp', colours().webp({ lossless: true }))).toEqual(expected);
  });

  test('JPEG and CMYK nearly', async () => {
    const best = { quality: 100, chromaSubsampling: '4:4:4' };
    const distance = (pixels: readonly number[]) =>
      Math.max(...pixels.map((level, index) => Math.abs(level - COLOURS[index]!)));
    const jpeg = await read('a.jpg', colours().jpeg(best));
    expect(distance(jpeg.pixels)).toBeLessThan(5);
    const cmyk = await read('b.jpg', colours().toColourspace('cmyk').jpeg(best));
    expect(cmyk.pixels).toHaveLength(COLOURS.length);
    expect(distance(cmyk.pixels)).toBeLessThan(60);
  });

  test('transparency is dropped, the colour behind it kept', async () => {
    const pixels = Uint8Array.of(10, 20, 30, 255, 40, 50, 60, 0);
    const expected = { width: 2, height: 1, pixels: [10, 20, 30, 40, 50, 60] };
    expect(await read('alpha.png', raw(pixels, 2, 1, 4).png())).toEqual(expected);
    const webp = raw(pixels, 2, 1, 4).webp({ lossless: true, exact: true });
    expect(await read('alpha.webp', webp)).toEqual(expected);
  });

  test('grey becomes three equal channels', async () => {
    const grey = raw(Uint8Array.of(10, 200), 2, 1, 1).toColourspace('b-w');
    const expected = { width: 2, height: 1, pixels: [10, 10, 10, 200, 200, 200] };
    expect(await read('grey.png', grey.clone().png())).toEqual(expected);
    const jpeg = await read('grey.jpg', grey.clone().jpeg({ quality: 100 }));
    expect(jpeg.pixels.every((level, index) => Math.abs(level - expected.pixels[index]!) < 3)).toBe(
      true,
    );
  });

  test('sixteen bits become eight', async () => {
    const deep = Uint16Array.of(65535, 0, 20 * 257, 30 * 257, 220 * 257, 40 * 257);
    const colour = raw(deep, 2, 1, 3).toColourspace('rgb16').png();
    expect((await read('deep.png', colour)).pixels).toEqual([255, 0, 20, 30, 220, 40]);
    const grey = raw(deep.subarray(0, 2), 2, 1, 1).toColourspace('grey16').png();
    expect((await read('deep-grey.png', grey)).pixels).toEqual([255, 255, 255, 0, 0, 0]);
  });

  test.each([
    [1, [0, 1, 2, 3, 4, 5]],
    [2, [2, 1, 0, 5, 4, 3]],
    [3, [5, 4, 3, 2, 1, 0]],
    [4, [3, 4, 5, 0, 1, 2]],
    [5, [0, 3, 1, 4, 2, 5]],
    [6, [3, 0, 4, 1, 5, 2]],
    [7, [5, 2, 4, 1, 3, 0]],
    [8, [2, 5, 1, 4, 0, 3]],
  ])('upright: orientation %i in EXIF', async (orientation, order) => {
    const turned = colours().withMetadata({ orientation }).png();
    const { width, height, pixels } = await read(`turned-${orientation}.png`, turned);
    expect([width, height]).toEqual(orientation < 5 ? [3, 2] : [2, 3]);
    expect(pixels).toEqual(order.flatMap((from) => COLOURS.slice(3 * from, 3 * from + 3)));
  });
});

describe('what cannot be read is named', () => {
  const random = randomStream(1);
  const noise = Uint8Array.from({ length: 64 * 64 * 3 }, () => 256 * random());
  const unreadable = (name: string) =>
    expect.objectContaining({
      code: 'media-unreadable',
      message: expect.stringContaining(join(folder, name)),
    });

  test.each(['jpeg', 'png', 'webp'] as const)('a truncated or damaged %s', async (format) => {
    const whole = await raw(noise, 64, 64, 3).toFormat(format).toBuffer();
    const half = Math.floor(whole.length / 2);
    await expect(read('cut', whole.subarray(0, half))).rejects.toEqual(unreadable('cut'));
    if (format === 'webp') return; // it has no checksum: what is damaged inside decodes to something else
    const damaged = Buffer.from(whole);
    damaged.set([0xff, 0xd9], half); // to JPEG an early end, the damage that it can always tell; to PNG any other bytes
    await expect(read('damaged', damaged)).rejects.toEqual(unreadable('damaged'));
  });

  test('an empty file, a text, and none at all', async () => {
    await expect(read('empty.png', Buffer.alloc(0))).rejects.toEqual(unreadable('empty.png'));
    await expect(read('text.png', Buffer.from('hello '.repeat(99)))).rejects.toEqual(
      unreadable('text.png'),
    );
    await expect(decodeImage(join(folder, 'nowhere.png'))).rejects.toEqual(
      unreadable('nowhere.png'),
    );
  });
});
