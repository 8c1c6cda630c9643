import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openCheckpoint } from '../../../src/weights/safetensors.ts';
import type { Checkpoint } from '../../../src/weights/safetensors.ts';
import { cutPatches } from '../../../src/models/parts/patches.ts';
import { CLIP_NORMALISATION, resizePicture, smartResize } from '@loci/media';
import type { Picture } from '@loci/media';
import { describeWith, parityFolder } from '../../support/parity-fixture.ts';

const shape = { patchSize: 14, mergeSize: 2, temporalPatchSize: 2 };

function gradient(width: number, height: number): Picture {
  const pixels = Uint8Array.from(
    { length: width * height * 3 },
    (_, index) => ((index / 3) % width) * (255 / (width - 1)),
  );
  return { width, height, pixels };
}

describe('resizing', () => {
  test('a size that fits is left alone', () => {
    const picture = gradient(28, 28);
    expect(resizePicture(picture, 28, 28)).toBe(picture);
  });

  test('a constant picture stays constant, a gradient a gradient', () => {
    const grey = { width: 50, height: 37, pixels: new Uint8Array(50 * 37 * 3).fill(137) };
    expect(new Set(resizePicture(grey, 28, 84).pixels)).toEqual(new Set([137]));
    const { pixels } = resizePicture(gradient(101, 40), 28, 28);
    const row = [...pixels.slice(0, 28 * 3)].filter((_, index) => index % 3 === 0);
    expect([...row].sort((a, b) => a - b)).toEqual(row);
  });
});

describe('patches', () => {
  test('merge-block order outside, channel, frame, row, column inside', () => {
    const frame = (base: number): Picture => ({
      width: 4,
      height: 2,
      pixels: Uint8Array.from({ length: 24 }, (_, index) => base + index),
    });
    const unit = { mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255] };
    const { patches, grid } = cutPatches(
      [frame(0), frame(100), frame(200)],
      { patchSize: 1, mergeSize: 2, temporalPatchSize: 2 },
      unit,
    );
    expect(grid).toEqual([2, 2, 4]);
    const patch = (index: number) => [...patches.slice(6 * index, 6 * index + 6)].map(Math.round);
    expect(patch(0)).toEqual([0, 100, 1, 101, 2, 102]);
    expect(patch(1)).toEqual([3, 103, 4, 104, 5, 105]);
    expect(patch(2)).toEqual([12, 112, 13, 113, 14, 114]);
    expect(patch(4)).toEqual([6, 106, 7, 107, 8, 108]);
    expect(patch(8)).toEqual([200, 200, 201, 201, 202, 202]);
  });
});

describeWith(parityFolder)('the fixture', () => {
  const bytes = async (arrays: Checkpoint, name: string) =>
    (await arrays.readIntegers(name)) as Uint8Array;
  const pictures = (pixels: Uint8Array, height: number, width: number): Picture[] =>
    Array.from({ length: pixels.length / (height * width * 3) }, (_, index) => ({
      width,
      height,
      pixels: pixels.subarray(index * height * width * 3, (index + 1) * height * width * 3),
    }));

  test('the table of target sizes is met exactly', async () => {
    const arrays = await openCheckpoint(join(parityFolder, 'preprocess.safetensors'));
    const table = await arrays.readIntegers('preprocess/smart_resize_table');
    for (let at = 0; at < table.length; at += 7) {
      const [height, width, factor, min, max, newHeight, newWidth] = table.slice(at, at + 7);
      expect(smartResize(width!, height!, factor!, min!, max!)).toEqual({
        width: newWidth,
        height: newHeight,
      });
    }
    await arrays.close();
  });

  test('every medium is resized and cut as the processor does', async () => {
    const arrays = await openCheckpoint(join(parityFolder, 'preprocess.safetensors'));
    const facts = JSON.parse(await readFile(join(parityFolder, 'parity.json'), 'utf8')).preprocess;
    for (const [name, fact] of Object.entries<Record<string, unknown>>(facts)) {
      if (!arrays.entries.has(`preprocess/${name}/raw`)) continue;
      const [height, width] = arrays.entries.get(`preprocess/${name}/raw`)!.shape.slice(-3);
      const raw = pictures(await bytes(arrays, `preprocess/${name}/raw`), height!, width!);
      const size = smartResize(
        width!,
        height!,
        28,
        fact['min_pixels'] as number,
        fact['max_pixels'] as number,
      );
      expect([size.height, size.width]).toEqual(fact['resized']);
      const resized = raw.map((picture) => resizePicture(picture, size.width, size.height));
      const stored = arrays.entries.has(`preprocess/${name}/resized`)
        ? pictures(await bytes(arrays, `preprocess/${name}/resized`), size.height, size.width)
        : raw;
      let worst = 0;
      let total = 0;
      resized.forEach(({ pixels }, index) =>
        pixels.forEach((level, at) => {
          const difference = Math.abs(level - stored[index]!.pixels[at]!);
          worst = Math.max(worst, difference);
          total += difference;
        }),
      );
      expect(worst).toBe(0);
      expect(total).toBe(0);
      const key = `preprocess/${name}/pixel_values${fact['kind'] === 'video' ? '_videos' : ''}`;
      const { patches, grid } = cutPatches(stored, shape, CLIP_NORMALISATION);
      expect(grid).toEqual(fact['grid_thw']);
      if (!arrays.entries.has(key)) continue;
      const expected = await arrays.readFloats(key);
      const error = patches.reduce(
        (most, value, index) => Math.max(most, Math.abs(value - expected[index]!)),
        0,
      );
      expect(error).toBeLessThanOrEqual(1e-6);
    }
    await arrays.close();
  });
});
