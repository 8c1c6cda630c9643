import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { parseModelConfig } from '../../src/model/config.ts';
import { decodeImage } from '../../src/vision/decode-image.ts';
import { decodeVideo } from '../../src/vision/decode-video.ts';
import { createMediaEncoder } from '../../src/vision/encode-media.ts';
import { createFrameCache } from '../../src/vision/frame-cache.ts';
import {
  DEFAULT_FRAME_SETTINGS,
  readFrameSettings,
  writeFrameSettings,
} from '../../src/vision/frame-settings.ts';
import { treatFrames } from '../../src/vision/frame-treatment.ts';
import type { Picture } from '../../src/vision/picture.ts';
import { rotatePicture } from '../../src/vision/rotate.ts';
import { tinyConfigJson } from '../support/tiny-config.ts';
import { redOf, writeTinyVideo } from '../support/tiny-video.ts';

let folder: string;
let video: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loci-media-'));
  video = join(folder, 'clip.mp4');
  await writeTinyVideo(video, { frames: 12, fps: 4, width: 84, height: 56 });
});
afterAll(() => rm(folder, { recursive: true }));

const unreadable = (path: string) =>
  expect.objectContaining({ code: 'media-unreadable', message: expect.stringContaining(path) });

describe('video', () => {
  test('the frames that were asked for come out', async () => {
    const wanted = [0, 3, 4, 11];
    const frames = await decodeVideo(video, ({ totalFrames, fps }) => {
      expect(totalFrames).toBe(12);
      expect(fps).toBeCloseTo(4, 3);
      return wanted;
    });
    expect(frames.map(({ width, height }) => [width, height])).toEqual(wanted.map(() => [84, 56]));
    frames.forEach(({ pixels }, index) => {
      expect(Math.abs(pixels[0]! - redOf(wanted[index]!))).toBeLessThan(6);
    });
  });

  test('missing, empty, truncated and foreign files give one clear error', async () => {
    const all = ({ totalFrames }: { totalFrames: number }) =>
      Array.from({ length: totalFrames }, (_, index) => index);
    await expect(decodeVideo(join(folder, 'nowhere.mp4'), all)).rejects.toEqual(
      unreadable('nowhere.mp4'),
    );
    const whole = await readFile(video);
    for (const size of [0, 40, 200, Math.floor(whole.length / 2), whole.length - 300]) {
      const path = join(folder, `cut-${size}.mp4`);
      await writeFile(path, whole.subarray(0, size));
      await expect(decodeVideo(path, all)).rejects.toEqual(unreadable(path));
    }
    const text = join(folder, 'text.mp4');
    await writeFile(text, 'not a video at all '.repeat(100));
    await expect(decodeVideo(text, all)).rejects.toEqual(unreadable(text));
  });

  test('missing data behind an intact header is noticed', async () => {
    const damaged = Buffer.from(await readFile(video));
    const data = damaged.indexOf('mdat');
    const path = join(folder, 'damaged.mp4');
    damaged.fill(0, data + 200, data + 1200 < damaged.length ? data + 1200 : data + 400);
    await writeFile(path, damaged);
    await expect(decodeVideo(path, ({ totalFrames }) => [totalFrames - 1])).rejects.toEqual(
      unreadable(path),
    );
  });
});

describe('image', () => {
  test('PNG is read exactly, transparency dropped', async () => {
    const path = join(folder, 'dots.png');
    const rgba = Uint8Array.from([10, 20, 30, 255, 40, 50, 60, 255]);
    await sharp(rgba, { raw: { width: 2, height: 1, channels: 4 } })
      .png()
      .toFile(path);
    expect(await decodeImage(path)).toEqual({
      width: 2,
      height: 1,
      pixels: Uint8Array.of(10, 20, 30, 40, 50, 60),
    });
  });

  test('a truncated file is named', async () => {
    const path = join(folder, 'cut.jpg');
    const pixels = { width: 64, height: 64, channels: 3 as const, background: 'red' };
    const whole = await sharp({ create: pixels }).jpeg().toBuffer();
    await writeFile(path, whole.subarray(0, whole.length / 2));
    await expect(decodeImage(path)).rejects.toEqual(unreadable(path));
  });
});

const picture = (...pixels: number[]): Picture => ({
  width: 2,
  height: pixels.length / 2,
  pixels: Uint8Array.from(pixels.flatMap((level) => [level, level, level])),
});
const levels = ({ width, height, pixels }: Picture) => [
  width,
  height,
  ...pixels.filter((_, index) => index % 3 === 0),
];

test('rotation is clockwise', () => {
  const upright = picture(1, 2, 3, 4, 5, 6);
  expect(levels(rotatePicture(upright, 90))).toEqual([3, 2, 5, 3, 1, 6, 4, 2]);
  expect(levels(rotatePicture(upright, 180))).toEqual([2, 3, 6, 5, 4, 3, 2, 1]);
  expect(levels(rotatePicture(upright, 270))).toEqual([3, 2, 2, 4, 6, 1, 3, 5]);
});

describe('treatments', () => {
  const frames = Array.from({ length: 8 }, (_, index) => picture(index, index));

  test('shuffling is a permutation that the seed decides', () => {
    const order = (seed: number) =>
      treatFrames(frames, { kind: 'shuffled', seed }).map(({ pixels }) => pixels[0]);
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
    expect([...order(1)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('blanking keeps the shape', () => {
    const blank = treatFrames(frames, { kind: 'blank' });
    expect(blank).toHaveLength(8);
    expect(new Set(blank.flatMap(({ pixels }) => [...pixels]))).toEqual(new Set([0]));
  });
});

describe('frame cache', () => {
  test('reads once, forgets the least recently used, keeps no failure', async () => {
    const cache = createFrameCache(24);
    let reads = 0;
    const read = async () => {
      reads++;
      return [picture(1, 2)];
    };
    await Promise.all([cache.get('a', read), cache.get('a', read)]);
    expect(reads).toBe(1);
    for (const key of ['b', 'c', 'd', 'a', 'e']) await cache.get(key, read);
    expect(reads).toBe(5);
    await cache.get('a', read);
    expect(reads).toBe(5);
    await cache.get('b', read);
    expect(reads).toBe(6);
    const fail = () => Promise.reject(new Error('no'));
    await expect(cache.get('f', fail)).rejects.toThrow('no');
    await cache.get('f', read);
    expect(reads).toBe(7);
  });
});

describe('encoding media', () => {
  test('a video becomes patches, and treatments share one decoding', async () => {
    const { vision } = parseModelConfig(tinyConfigJson());
    const video8 = { fps: 4, minFrames: 4, maxFrames: 8, minPixels: 784, maxPixels: 84 * 56 };
    const settings = { ...DEFAULT_FRAME_SETTINGS, video: video8 };
    const encode = createMediaEncoder(vision, settings, createFrameCache(1e8));
    const media = { kind: 'video', path: video } as const;
    const filmed = await encode(media, { kind: 'as-filmed' });
    expect(filmed.grid).toEqual([4, 4, 6]);
    expect(filmed.patches).toHaveLength(4 * 4 * 6 * 3 * 2 * 14 * 14);
    expect(filmed.secondsPerGrid).toBe(1);
    const moved = `${video}.moved`;
    await writeFile(moved, await readFile(video));
    await rm(video);
    const blank = await encode(media, { kind: 'blank' });
    await writeFile(video, await readFile(moved));
    expect(new Set(blank.patches).size).toBe(3);
  });
});

describe('frame settings', () => {
  test('are read back as written, and default without a file', async () => {
    const model = await mkdtemp(join(folder, 'model-'));
    expect(await readFrameSettings(model)).toEqual(DEFAULT_FRAME_SETTINGS);
    const settings = {
      ...DEFAULT_FRAME_SETTINGS,
      video: { fps: 2, minFrames: 8, maxFrames: 8, minPixels: 784, maxPixels: 4704 },
    };
    await writeFrameSettings(model, settings);
    expect(await readFrameSettings(model)).toEqual(settings);
  });

  test('the limits of published files are read in every spelling', async () => {
    const model = await mkdtemp(join(folder, 'model-'));
    const write = (name: string, json: object) =>
      writeFile(join(model, name), JSON.stringify(json));
    const limits = async () => (await readFrameSettings(model)).image;
    const size = { shortest_edge: 3136, longest_edge: 12845056 };
    const image_processor = { size, image_mean: [0.5, 0.5, 0.5], do_resize: true, resample: 3 };
    await write('processor_config.json', { image_processor, processor_class: 'x' });
    expect(await limits()).toEqual({ minPixels: 3136, maxPixels: 12845056 });
    expect((await readFrameSettings(model)).normalisation.mean).toEqual([0.5, 0.5, 0.5]);
    await write('preprocessor_config.json', { ...size, min_pixels: 784, max_pixels: 7840, size });
    expect(await limits()).toEqual({ minPixels: 784, maxPixels: 7840 });
  });

  test('what the model would not agree with is refused', async () => {
    const model = await mkdtemp(join(folder, 'model-'));
    const sizes = { patchSize: 14, spatialMergeSize: 2, temporalPatchSize: 2 };
    const read = async (json: object) => {
      await writeFile(join(model, 'preprocessor_config.json'), JSON.stringify(json));
      return readFrameSettings(model, sizes);
    };
    await expect(read({ patch_size: 14, merge_size: 2 })).resolves.toBeDefined();
    await expect(read({ patch_size: 16 })).rejects.toThrow(/"patch_size" is 16.*says 14/);
    await expect(read({ do_normalize: false })).rejects.toThrow(/"do_normalize"/);
    await expect(read({ rescale_factor: 1 })).rejects.toThrow(/"rescale_factor"/);
    await expect(read({ resample: 2 })).rejects.toThrow(/"resample": Loci scales bicubically/);
  });

  test('a wrong value is named', async () => {
    const model = await mkdtemp(join(folder, 'model-'));
    await writeFile(
      join(model, 'preprocessor_config.json'),
      JSON.stringify({ loci_video: { fps: -1 } }),
    );
    await expect(readFrameSettings(model)).rejects.toThrow(
      /preprocessor_config.json.*"loci_video.fps"/,
    );
  });
});
