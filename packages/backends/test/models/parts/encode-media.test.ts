import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EVALUATION_FRAMES } from '@loci/core';
import type { EncodedMedia } from '@loci/core';
import sharp from 'sharp';
import { parseModel } from '../../../src/models/index.ts';
import { createMediaEncoder } from '../../../src/models/parts/encode-media.ts';
import { createFrameCache, DEFAULT_FRAME_SETTINGS, orientPicture, treatFrames } from '@loci/media';
import type { Picture } from '@loci/media';
import { tinyConfigJson } from '../../support/tiny-config.ts';
import { redOf, writeTinyVideo, writeVideo } from '@loci/media/testing';

const { prompts, vision } = parseModel(tinyConfigJson());

let folder: string;
let video: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loci-media-'));
  video = join(folder, 'clip.mp4');
  await writeTinyVideo(video, { frames: 12, fps: 4, width: 84, height: 56 });
});
afterAll(() => rm(folder, { recursive: true }));

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

test('a picture is turned clockwise, then mirrored', () => {
  const stored = picture(1, 2, 3, 4, 5, 6);
  const turned = (rotation: 0 | 90 | 180 | 270, flip = false) =>
    levels(orientPicture(stored, { rotation, flip }));
  expect(turned(0)).toEqual([2, 3, 1, 2, 3, 4, 5, 6]);
  expect(turned(90)).toEqual([3, 2, 5, 3, 1, 6, 4, 2]);
  expect(turned(180)).toEqual([2, 3, 6, 5, 4, 3, 2, 1]);
  expect(turned(270)).toEqual([3, 2, 2, 4, 6, 1, 3, 5]);
  expect(turned(0, true)).toEqual([2, 3, 2, 1, 4, 3, 6, 5]);
  expect(turned(90, true)).toEqual([3, 2, 1, 3, 5, 2, 4, 6]);
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
      return { frames: [picture(1, 2)], seconds: [] };
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
  const video8 = { fps: 4, minFrames: 4, maxFrames: 8, minPixels: 784, maxPixels: 84 * 56 };
  const settings = { ...DEFAULT_FRAME_SETTINGS, video: video8 };
  const filmed = { kind: 'as-filmed' } as const;
  const encoder = () => createMediaEncoder(vision, settings, createFrameCache(1e8));
  /** Red level of each temporal patch, back from what the model sees. */
  const reds = ({ patches, grid }: EncodedMedia) =>
    Array.from({ length: grid[0] }, (_, time) => {
      const { mean, std } = settings.normalisation;
      const value = patches[time * (patches.length / grid[0])]!;
      return Math.round((255 * (value * std[0]! + mean[0]!)) / redOf(1));
    });

  test('a video becomes patches, and treatments share one decoding', async () => {
    const encode = encoder();
    const media = { kind: 'video', path: video } as const;
    const whole = await readFile(video);
    const lastChange = new Date(1e12);
    await utimes(video, lastChange, lastChange);
    const clip = await encode(media, filmed);
    expect(clip.grid).toEqual([4, 4, 6]);
    const { images, seconds } = await encode.asImages(media, filmed);
    expect(images.map(({ kind, grid }) => [kind, ...grid])).toEqual(
      Array.from({ length: 8 }, () => ['image', 1, 4, 6]),
    );
    expect(seconds).toEqual(clip.frameSeconds);
    expect(images.flatMap(reds).filter((_, frame) => frame % 2 === 0)).toEqual(reds(clip));
    expect(clip.patches).toHaveLength(4 * 4 * 6 * 3 * 2 * 14 * 14);
    expect(clip.secondsPerGrid).toBe(1);
    expect(clip.frameSeconds).toEqual([0, 0.5, 0.75, 1.25, 1.5, 2, 2.25, 2.75]);
    await writeFile(video, Buffer.alloc(whole.length));
    await utimes(video, lastChange, lastChange);
    const blank = await encode(media, { kind: 'blank' });
    expect(new Set(blank.patches).size).toBe(3);
    await writeFile(video, whole);
  });

  test('a file that has changed is read again', async () => {
    const encode = encoder();
    const path = join(folder, 'changing.mp4');
    const media = { kind: 'video', path } as const;
    await writeTinyVideo(path, { frames: 4, fps: 4, width: 28, height: 28 });
    expect((await encode(media, filmed)).grid[0]).toBe(2);
    await writeTinyVideo(path, { frames: 6, fps: 4, width: 28, height: 28 });
    expect((await encode(media, filmed)).grid[0]).toBe(3);
  });

  test('a selection takes the place of the model’s own settings', async () => {
    const encode = encoder();
    const media = { kind: 'video', path: video } as const;
    const selection = { fps: 1, maxFrames: 3, longestSide: 56, maxPixels: 56 * 56 };
    const clip = await encode(media, filmed, selection);
    expect(clip.grid).toEqual([2, 2, 4]);
    expect(clip.frameSeconds).toEqual([0, 1.5, 2.75]);
    expect(reds(clip)).toEqual([0, 11]);
    expect(clip.secondsPerGrid).toBe(1);
    const timed = await encode(media, filmed, { ...selection, timing: 'filmed' });
    expect(timed.secondsPerGrid).toBe(2.75);
    expect((await encode(media, filmed)).grid).toEqual([4, 4, 6]);
  });

  test('one frame of a video is an image', async () => {
    const encode = encoder();
    const at = (second: number) => encode({ kind: 'image', path: video, second }, filmed);
    expect(reds(await at(0))).toEqual([0]);
    expect(reds(await at(1.3))).toEqual([5]);
    expect(await at(3)).toMatchObject({ kind: 'image', grid: [1, 4, 6], secondsPerGrid: 0 });
    await expect(at(9)).rejects.toMatchObject({
      code: 'media-unreadable',
      message: expect.stringMatching(/clip\.mp4.*at 9 s.*ends at 3\.00 s/),
    });
  });

  test('a sound file that is not fit for the model is named', async () => {
    const encode = encoder();
    const one = join(folder, 'one.mp4');
    await writeVideo(one, { width: 32, height: 32, times: [0] });
    await expect(encode({ kind: 'video', path: one }, filmed)).rejects.toMatchObject({
      code: 'media-unreadable',
      message: expect.stringMatching(/one\.mp4.*the model needs two frames/),
    });
    expect((await encode({ kind: 'video', path: one }, filmed, EVALUATION_FRAMES)).grid[0]).toBe(1);
    const strip = join(folder, 'strip.png');
    await sharp({ create: { width: 402, height: 2, channels: 3, background: 'red' } }).toFile(
      strip,
    );
    await expect(encode({ kind: 'image', path: strip }, filmed)).rejects.toMatchObject({
      code: 'media-unreadable',
      message: expect.stringMatching(/strip\.png.*aspect ratio/),
    });
  });
});

describe('frame settings', () => {
  test('are read back as written, and default without a file', async () => {
    const model = await mkdtemp(join(folder, 'model-'));
    expect(await prompts.readFrameSettings(model)).toEqual(DEFAULT_FRAME_SETTINGS);
    const settings = {
      ...DEFAULT_FRAME_SETTINGS,
      video: { fps: 2, minFrames: 8, maxFrames: 8, minPixels: 784, maxPixels: 4704 },
    };
    await prompts.writeFrameSettings(model, settings);
    expect(await prompts.readFrameSettings(model)).toEqual(settings);
  });

  test('the limits of published files are read in every spelling', async () => {
    const model = await mkdtemp(join(folder, 'model-'));
    const write = (name: string, json: object) =>
      writeFile(join(model, name), JSON.stringify(json));
    const limits = async () => (await prompts.readFrameSettings(model)).image;
    const size = { shortest_edge: 3136, longest_edge: 12845056 };
    const image_processor = { size, image_mean: [0.5, 0.5, 0.5], do_resize: true, resample: 3 };
    await write('processor_config.json', { image_processor, processor_class: 'x' });
    expect(await limits()).toEqual({ minPixels: 3136, maxPixels: 12845056 });
    expect((await prompts.readFrameSettings(model)).normalisation.mean).toEqual([0.5, 0.5, 0.5]);
    await write('preprocessor_config.json', { ...size, min_pixels: 784, max_pixels: 7840, size });
    expect(await limits()).toEqual({ minPixels: 784, maxPixels: 7840 });
  });

  test('what the model would not agree with is refused', async () => {
    const model = await mkdtemp(join(folder, 'model-'));
    const read = async (json: object) => {
      await writeFile(join(model, 'preprocessor_config.json'), JSON.stringify(json));
      return prompts.readFrameSettings(model);
    };
    await expect(read({ patch_size: 14, merge_size: 2 })).resolves.toBeDefined();
    await expect(read({ patch_size: 16 })).rejects.toThrow(/"patch_size" is 16.*has 14/);
    await expect(read({ do_normalize: false })).rejects.toThrow(/"do_normalize"/);
    await expect(read({ rescale_factor: 1 })).rejects.toThrow(/"rescale_factor"/);
    await expect(read({ min_pixels: 9000, max_pixels: 800 })).rejects.toThrow(
      /minimum of pixels, 9000, exceeds the maximum, 800/,
    );
    await expect(read({ loci_video: { min_frames: 20 } })).rejects.toThrow(/loci_video frames, 20/);
    await expect(read({ resample: 2 })).rejects.toThrow(/"resample": Loci scales bicubically/);
  });

  test('what transformers says of videos must agree, in either place; its limits are not taken', async () => {
    const model = await mkdtemp(join(folder, 'model-'));
    const write = (name: string, json: object) =>
      writeFile(join(model, name), JSON.stringify(json));
    const read = () => prompts.readFrameSettings(model);
    const half = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };
    await write('processor_config.json', { video_processor: { patch_size: 16 } });
    await expect(read()).rejects.toThrow(/processor_config\.json: "patch_size" is 16/);
    const size = { shortest_edge: 3136, longest_edge: 12845056 };
    const video = {
      ...half,
      size,
      patch_size: 14,
      fps: 2,
      max_frames: 768,
      do_sample_frames: true,
    };
    await write('video_preprocessor_config.json', video);
    const found = await read();
    expect(found.video).toEqual(DEFAULT_FRAME_SETTINGS.video);
    expect(found.normalisation.mean).toEqual(half.image_mean);
    await write('preprocessor_config.json', {});
    await expect(read()).rejects.toThrow(/video_preprocessor_config\.json: "image_mean".*differ/);
    await write('preprocessor_config.json', half);
    expect((await read()).image).toEqual(DEFAULT_FRAME_SETTINGS.image);
  });

  test('a wrong value is named', async () => {
    const model = await mkdtemp(join(folder, 'model-'));
    await writeFile(
      join(model, 'preprocessor_config.json'),
      JSON.stringify({ loci_video: { fps: -1 } }),
    );
    await expect(prompts.readFrameSettings(model)).rejects.toThrow(
      /preprocessor_config.json.*"loci_video.fps"/,
    );
  });
});
