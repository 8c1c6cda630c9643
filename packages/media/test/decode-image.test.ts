import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomStream } from '@loci/core';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { decodeImage } from '../src/decode-image.ts';
import { writeSound, writeTinyVideo } from '../src/testing/tiny-video.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loci-image-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Three pixels wide, two high, no two alike. */
const COLOURS = [200, 60, 60, 60, 180, 80, 80, 90, 190, 30, 30, 30, 220, 220, 220, 128, 128, 128];
const colors = () => raw(Uint8Array.from(COLOURS), 3, 2, 3);

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
    expect(await read('a.png', colors().png())).toEqual(expected);
    expect(await read('b.png', colors().png({ palette: true }))).toEqual(expected);
    expect(await read('c.webp', colors().webp({ lossless: true }))).toEqual(expected);
  });

  test('JPEG nearly', async () => {
    const best = { quality: 100, chromaSubsampling: '4:4:4' };
    const jpeg = await read('a.jpg', colors().jpeg(best));
    const distances = jpeg.pixels.map((level, index) => Math.abs(level - COLOURS[index]!));
    expect(Math.max(...distances)).toBeLessThan(5);
  });

  test('transparency lies on white, as Qwen reads it', async () => {
    const pixels = Uint8Array.of(10, 20, 30, 255, 40, 50, 60, 0);
    const expected = { width: 2, height: 1, pixels: [10, 20, 30, 255, 255, 255] };
    expect(await read('alpha.png', raw(pixels, 2, 1, 4).png())).toEqual(expected);
    const webp = raw(pixels, 2, 1, 4).webp({ lossless: true, exact: true });
    expect(await read('alpha.webp', webp)).toEqual(expected);
  });

  test('gray becomes three equal channels', async () => {
    const gray = raw(Uint8Array.of(10, 200), 2, 1, 1).toColourspace('b-w');
    const expected = { width: 2, height: 1, pixels: [10, 10, 10, 200, 200, 200] };
    expect(await read('gray.png', gray.clone().png())).toEqual(expected);
    const jpeg = await read('gray.jpg', gray.clone().jpeg({ quality: 100 }));
    expect(jpeg.pixels.every((level, index) => Math.abs(level - expected.pixels[index]!) < 3)).toBe(
      true,
    );
  });

  test('sixteen bits become eight', async () => {
    const deep = Uint16Array.of(65535, 0, 20 * 257, 30 * 257, 220 * 257, 40 * 257);
    const color = raw(deep, 2, 1, 3).toColourspace('rgb16').png();
    expect((await read('deep.png', color)).pixels).toEqual([255, 0, 20, 30, 220, 40]);
    const gray = raw(deep.subarray(0, 2), 2, 1, 1).toColourspace('grey16').png();
    expect((await read('deep-gray.png', gray)).pixels).toEqual([255, 255, 255, 0, 0, 0]);
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
    const turned = colors().withMetadata({ orientation }).png();
    const { width, height, pixels } = await read(`turned-${orientation}.png`, turned);
    expect([width, height]).toEqual(orientation < 5 ? [3, 2] : [2, 3]);
    expect(pixels).toEqual(order.flatMap((from) => COLOURS.slice(3 * from, 3 * from + 3)));
  });
});

interface PillowPicture {
  readonly name: string;
  /** Base64, as `pixels` is: RGB that `qwen_vl_utils.to_rgb(ImageOps.exif_transpose(Image.open(…)))` gives. */
  readonly file: string;
  readonly width?: number;
  readonly height?: number;
  readonly pixels?: string;
  /** Pillow takes it for truncated. */
  readonly refused?: true;
}

describe('pictures are what Pillow 9.4 and qwen_vl_utils make of them, to the bit', () => {
  const vectors = JSON.parse(
    readFileSync(join(import.meta.dirname, 'support/pillow-pictures.json'), 'utf8'),
  ) as readonly PillowPicture[];

  test.each(vectors.map((vector) => [vector.name, vector] as const))('%s', async (name, vector) => {
    const file = Buffer.from(vector.file, 'base64');
    if (vector.refused) {
      await expect(read(name, file)).rejects.toMatchObject({
        code: 'media-unreadable',
        message: expect.stringMatching(/truncated/),
      });
      return;
    }
    const { width, height } = vector;
    const pixels = [...Buffer.from(vector.pixels!, 'base64')];
    expect(await read(name, file)).toEqual({ width, height, pixels });
  });

  test('whatever the name ends in', async () => {
    const expected = { width: 3, height: 2, pixels: COLOURS };
    expect(await read('png.jpg', colors().png())).toEqual(expected);
    expect(await read('none', colors().webp({ lossless: true }))).toEqual(expected);
    const bitmap = vectors.find(({ name }) => name === 'color.bmp')!;
    const { pixels } = await read('bmp.png', Buffer.from(bitmap.file, 'base64'));
    expect(pixels).toEqual([...Buffer.from(bitmap.pixels!, 'base64')]);
  });
});

describe('bitmaps beyond Pillow, by their description', () => {
  const palette = Buffer.from([0, 0, 0, 0, 3, 2, 1, 0, 6, 5, 4, 0, 9, 8, 7, 0]);
  const bitmap = (bits: number, compression: number, data: Buffer) => {
    const head = Buffer.alloc(54);
    head.write('BM');
    head.writeUInt32LE(54 + palette.length, 10);
    head.writeUInt32LE(40, 14);
    head.writeInt32LE(5, 18);
    head.writeInt32LE(2, 22);
    head.writeUInt16LE(bits, 28);
    head.writeUInt32LE(compression, 30);
    return Buffer.concat([head, palette, data]);
  };
  const levels = (...indices: number[]) =>
    indices.flatMap((index) =>
      index === 0 ? [0, 0, 0] : [1, 2, 3].map((v) => v + 3 * (index - 1)),
    );

  test('a jump within runs, and literals of an odd number', async () => {
    const bytes = Buffer.from([2, 1, 0, 2, 1, 0, 2, 2, 0, 0, 0, 5, 3, 2, 1, 0, 3, 0, 0, 1]);
    const expected = levels(3, 2, 1, 0, 3, 1, 1, 0, 2, 2);
    expect((await read('runs8.bmp', bitmap(8, 1, bytes))).pixels).toEqual(expected);
    const nibbles = Buffer.from([
      2, 0x11, 0, 2, 1, 0, 2, 0x22, 0, 0, 0, 5, 0x32, 0x10, 0x30, 0, 0, 1,
    ]);
    expect((await read('runs4.bmp', bitmap(4, 2, nibbles))).pixels).toEqual(expected);
  });

  test('runs that break off, and kinds that are not known', async () => {
    await expect(read('cut.bmp', bitmap(8, 1, Buffer.from([5, 1])))).rejects.toThrow(/truncated/);
    await expect(read('odd.bmp', bitmap(8, 4, Buffer.alloc(9)))).rejects.toThrow(/compression 4/);
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
    if (format === 'jpeg') return; // what is damaged inside decodes to something else, in Pillow too
    const damaged = Buffer.from(whole);
    damaged.set([0xff, 0xd9], half);
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

  test('an error names the form of a file that is not a picture', async () => {
    const video = join(folder, 'video.jpg');
    await writeTinyVideo(video, { frames: 2, fps: 2, width: 32, height: 32 });
    await expect(decodeImage(video)).rejects.toThrow(/is a video \(MP4\).*give it as a video/);
    const sound = join(folder, 'sound.mkv');
    await writeSound(sound);
    await expect(decodeImage(sound)).rejects.toThrow(/is a video \(Matroska\)/);
    const others = [
      ['ID3\u0003', /is sound \(MP3\)/],
      ['<!DOCTYPE html><html>', /web page.*fetch it again/],
      ['version https://git-lfs.github.com/spec/v1', /Git LFS pointer.*git lfs pull/],
      ['\0\0\0\u0018ftypheic\0\0\0\0mif1heic', /HEIC.*magick/],
      ['8BPS\0\u0001', /Photoshop.*magick/],
    ] as const;
    for (const [text, reason] of others) {
      await expect(read('other.jpg', Buffer.from(text))).rejects.toThrow(reason);
    }
  });

  test('more pixels than fit into memory are refused by their number, before they are decoded', async () => {
    const png = Buffer.from(await colors().png().toBuffer());
    png.writeUInt32BE(60_000, 16);
    png.writeUInt32BE(50_000, 20);
    const jpeg = Buffer.from(await colors().jpeg().toBuffer());
    const frame = jpeg.indexOf(Buffer.of(0xff, 0xc0));
    jpeg.writeUInt16BE(50_000, frame + 5);
    jpeg.writeUInt16BE(60_000, frame + 7);
    const bmp = Buffer.alloc(200);
    bmp.write('BM');
    bmp.writeUInt32LE(40, 14);
    bmp.writeInt32LE(60_000, 18);
    bmp.writeInt32LE(50_000, 22);
    bmp.writeUInt16LE(24, 28);
    for (const file of [png, jpeg, bmp]) {
      await expect(read('bomb', file)).rejects.toThrow(
        /60000×50000 pixels exceed the limit of 178956970/,
      );
    }
  });
});
