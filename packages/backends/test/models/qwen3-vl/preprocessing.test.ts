import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createFrameCache, withFrameLimits } from '@loci/media';
import type { FrameCache, FrameSettings } from '@loci/media';
import { writeTinyVideo } from '@loci/media/testing';
import { parseModel } from '../../../src/models/index.ts';
import { factsOf, publishedConfig } from '../../support/qwen3.ts';
import { tinyConfigJson } from '../../support/tiny-config.ts';
import { temporaryFolder } from '../../support/tiny-model.ts';

const { prompts } = parseModel(publishedConfig('4b-instruct'));
const hub = (name: string) => factsOf<object>('hub/4b-instruct', name);
const IMAGE_FILE = 'preprocessor_config.json';
const VIDEO_FILE = 'video_preprocessor_config.json';

const temporary = temporaryFolder();
let root: string;
beforeAll(async () => {
  root = (await temporary).path;
});
afterAll(async () => (await temporary).remove());

/** Settings of a folder with these files. */
async function read(files: Readonly<Record<string, object>>): Promise<FrameSettings> {
  const folder = await mkdtemp(join(root, 'model-'));
  for (const [name, json] of Object.entries(files)) {
    await writeFile(join(folder, name), JSON.stringify(json));
  }
  return prompts.readFrameSettings(folder);
}

describe('what a folder says of its frames', () => {
  test('the published files, and silence, are the same: halves, and limits of the whole video', async () => {
    const published = await read({
      [IMAGE_FILE]: hub(IMAGE_FILE),
      [VIDEO_FILE]: hub(VIDEO_FILE),
    });
    expect(published).toEqual({
      normalisation: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
      image: { minPixels: 65536, maxPixels: 16777216 },
      video: {
        fps: 2,
        minFrames: 4,
        maxFrames: 16,
        minPixels: 4096,
        maxPixels: 25165824,
        sizing: expect.objectContaining({ name: 'qwen3-vl' }),
      },
    });
    expect(await read({})).toEqual(published);
    expect(await read({ [IMAGE_FILE]: hub(IMAGE_FILE) })).toEqual(published);
    expect(prompts.defaultFrames).toEqual(published);
  });

  test('the one file of transformers 5 says its rate too', async () => {
    const { video, image } = await read({
      'processor_config.json': {
        image_processor: { ...hub(IMAGE_FILE), do_resize: true, resample: 3 },
        video_processor: {
          ...hub(VIDEO_FILE),
          size: { shortest_edge: 8192, longest_edge: 786432 },
          fps: 1,
          min_frames: 6,
          max_frames: 32,
          do_sample_frames: true,
        },
      },
    });
    expect(image).toEqual({ minPixels: 65536, maxPixels: 16777216 });
    expect(video).toMatchObject({ fps: 1, minFrames: 6, maxFrames: 32 });
    expect(video).toMatchObject({ minPixels: 8192, maxPixels: 786432 });
  });

  test('what was chosen for Loci comes before what is published, and is written and read back', async () => {
    const { video } = await read({
      [IMAGE_FILE]: { loci_video: { max_frames: 8, max_pixels: 65536 } },
      [VIDEO_FILE]: { ...hub(VIDEO_FILE), fps: 1, max_frames: 768 },
    });
    expect(video).toMatchObject({ fps: 1, maxFrames: 8, minPixels: 4096, maxPixels: 65536 });
    const folder = await mkdtemp(join(root, 'written-'));
    const settings = withFrameLimits(
      prompts.defaultFrames,
      { minPixels: 1024, maxPixels: 6144 },
      { fps: 4, minFrames: 2, maxFrames: 6 },
    );
    expect(settings.video).toMatchObject({ minPixels: 6 * 1024, maxPixels: 6 * 6144 });
    await prompts.writeFrameSettings(folder, settings);
    await writeFile(join(folder, VIDEO_FILE), JSON.stringify(hub(VIDEO_FILE)));
    expect(await prompts.readFrameSettings(folder)).toEqual(settings);
  });

  test.each([
    [{ [IMAGE_FILE]: { patch_size: 14 } }, /preprocessor_config\.json: "patch_size" is 14.*has 16/],
    [{ [VIDEO_FILE]: { patch_size: 14 } }, /video_preprocessor_config\.json: "patch_size" is 14/],
    [{ [VIDEO_FILE]: { merge_size: 4 } }, /"merge_size" is 4, but config\.json has 2/],
    [{ [VIDEO_FILE]: { image_mean: [0.4, 0.4, 0.4] } }, undefined],
    [
      { [IMAGE_FILE]: {}, [VIDEO_FILE]: { image_mean: [0.4, 0.4, 0.4] } },
      /video_preprocessor_config\.json: "image_mean" or "image_std" differ/,
    ],
    [
      { [VIDEO_FILE]: { size: { shortest_edge: 9, longest_edge: 8 } } },
      /pixels, 9, exceeds the maximum, 8/,
    ],
    [{ [VIDEO_FILE]: { fps: 0 } }, /video_preprocessor_config\.json: "fps"/],
  ] as const)('%j is held against the model', async (files, message) => {
    if (message === undefined) {
      expect((await read(files)).normalisation.mean).toEqual([0.4, 0.4, 0.4]);
      return;
    }
    await expect(read(files)).rejects.toMatchObject({
      code: 'preprocessor-config',
      message: expect.stringMatching(message),
    });
  });
});

describe('frames of a real file', () => {
  const filmed = { kind: 'as-filmed' } as const;
  let path: string;
  beforeAll(async () => {
    path = join(root, 'clip.mp4');
    await writeTinyVideo(path, { frames: 8, fps: 4, width: 128, height: 64 });
  });
  /** Grid in patches of 16 pixels, for these limits of the whole video. */
  async function gridOf(minPixels: number, maxPixels: number, maxFrames = 4, own = {}) {
    const { video } = prompts.defaultFrames;
    const settings = {
      ...prompts.defaultFrames,
      video: { ...video, fps: 2, minFrames: 2, maxFrames, minPixels, maxPixels },
    };
    const encode = prompts.mediaEncoder(settings, createFrameCache(1e7));
    const selection = Object.keys(own).length > 0 ? { fps: 0, maxFrames, ...own } : undefined;
    return (await encode({ kind: 'video', path }, filmed, selection)).grid;
  }

  test('share the limits of the whole video', async () => {
    expect(await gridOf(4096, 25165824)).toEqual([2, 4, 8]);
    // 4 · 64 · 128 = 32768 pixels: half of them halve the area, twice as many double it.
    expect(await gridOf(4096, 16384)).toEqual([2, 2, 4]);
    expect(await gridOf(65536, 131072)).toEqual([2, 6, 12]);
    // Fewer frames may be larger.
    expect(await gridOf(4096, 16384, 2)).toEqual([1, 4, 8]);
  });

  test('have a question’s own limits, each frame, where it has some', async () => {
    expect(await gridOf(4096, 16384, 4, { maxPixels: 64 * 128 })).toEqual([2, 4, 8]);
    expect(await gridOf(4096, 25165824, 4, { longestSide: 64 })).toEqual([2, 2, 4]);
    expect(await gridOf(4096, 16384, 4, { spacing: 'even' })).toEqual([2, 2, 4]);
    expect(await gridOf(4096, 16384, 1, { maxPixels: 2048 })).toEqual([1, 2, 4]);
  });

  test('are not those of Qwen2.5-VL in a cache that both use', async () => {
    const keys: string[] = [];
    const cache: FrameCache = {
      get: (key, make) => {
        keys.push(key);
        return make();
      },
    };
    const common = { fps: 2, minFrames: 4, maxFrames: 4, minPixels: 4096, maxPixels: 25165824 };
    const older = parseModel(tinyConfigJson()).prompts;
    for (const own of [prompts, older]) {
      const video = { ...own.defaultFrames.video, ...common };
      const encode = own.mediaEncoder({ ...own.defaultFrames, video }, cache);
      await encode({ kind: 'video', path }, filmed);
    }
    expect(keys).toHaveLength(2);
    const [newKey, olderKey] = keys.map((key) => JSON.parse(key) as object);
    expect(newKey).toMatchObject({ factor: 32, limits: { sizing: { name: 'qwen3-vl' } } });
    expect(olderKey).toMatchObject({ factor: 28 });
    expect(olderKey).not.toHaveProperty('limits.sizing');
  });
});
