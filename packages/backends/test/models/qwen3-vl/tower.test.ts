import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EncodedMedia } from '@loci/core';
import { inspectFeatures, inspectLogits } from '../../../src/graph/engine/inspection.ts';
import { positionTensors } from '../../../src/models/qwen3-vl/learned-positions.ts';
import type { InspectedFeatures } from '../../../src/engine/policy-engine.ts';
import type { Model } from '../../../src/models/spec/model.ts';
import type { OnnxPolicy } from '../../../src/onnx/onnx-policy.ts';
import { openOnnxPolicy } from '../../../src/onnx/onnx-policy.ts';
import { openCheckpoint } from '../../../src/weights/safetensors.ts';
import { writeCheckpoint } from '../../../src/weights/safetensors-write.ts';
import { QWEN3_TINY, framedPrompt } from '../../support/qwen3.ts';
import { randomMedia, temporaryFolder, writeTinyModel } from '../../support/tiny-model.ts';

type Grid = EncodedMedia['grid'];
const folder = await temporaryFolder();
const at = (name: string) => join(folder.path, name);
const qwen3 = { architecture: 'qwen3-vl', sizes: QWEN3_TINY };
const tiny: Model = await writeTinyModel(at('model'), 1, qwen3);
afterAll(folder.remove);

describe('learned positions', () => {
  /** What every patch reads of a table whose entry at row y and column x is `value(y, x)`. */
  function readOff(grid: Grid, side: number, value: (row: number, column: number) => number) {
    const tensors = positionTensors([grid], side, 2);
    const corners = [0, 1, 2, 3].map((corner) => ({
      places: [...tensors[`vision.place.${corner}`]!.data],
      shares: [...tensors[`vision.share.${corner}`]!.data],
    }));
    return corners[0]!.places.map((_, patch) =>
      corners.reduce((sum, { places, shares }) => {
        const place = places[patch]!;
        return sum + shares[patch]! * value(Math.floor(place / side), place % side);
      }, 0),
    );
  }

  /** Row and column of every patch, in merge blocks of 2×2, frame by frame. */
  function* inBlocks([times, height, width]: Grid) {
    for (let time = 0; time < times; time++)
      for (let top = 0; top < height; top += 2)
        for (let left = 0; left < width; left += 2)
          for (const [row, column] of [
            [0, 0],
            [0, 1],
            [1, 0],
            [1, 1],
          ] as const)
            yield [top + row, left + column] as const;
  }

  test.each<[Grid, number]>([
    [[1, 4, 6], 5],
    [[2, 2, 2], 48],
    [[1, 2, 10], 7],
    [[3, 6, 4], 4],
    [[1, 4, 4], 1],
    [[1, 60, 2], 48],
  ])('of the grid %j lie evenly between the corners of a table of side %i', (grid, side) => {
    const [, height, width] = grid;
    const found = readOff(grid, side, (row, column) => 100 * row + column);
    const expected = [...inBlocks(grid)].map(
      ([row, column]) =>
        (100 * row * (side - 1)) / (height - 1) + (column * (side - 1)) / (width - 1),
    );
    expect(found).toHaveLength(expected.length);
    found.forEach((value, patch) => expect(value).toBeCloseTo(expected[patch]!, 3));
    // Shares add up to 1 wherever a patch lies.
    readOff(grid, side, () => 1).forEach((sum) => expect(sum).toBeCloseTo(1, 6));
  });

  test('mix the four places around a patch', () => {
    // Four rows over three places: row 1 lies two thirds of the way from place 0 to place 1, column 1 of four in the same way.
    const product = readOff([1, 4, 4], 3, (row, column) => row * column);
    expect(product[3]).toBeCloseTo((2 / 3) * (2 / 3), 6);
    const corner = readOff([1, 4, 4], 3, (row, column) => Number(row === 0 && column === 0));
    expect(corner.slice(0, 4).map((share) => Number(share.toFixed(4)))).toEqual([
      1, 0.3333, 0.3333, 0.1111,
    ]);
  });
});

describe('the arrangement of patches', () => {
  const layoutOf = (...grids: Grid[]) => tiny.batches.mediaLayout(grids.map((grid) => ({ grid })))!;

  test('every frame is a segment, and shorter ones are filled up', () => {
    expect(layoutOf([2, 4, 6])).toEqual({
      patches: 48,
      tokens: 12,
      cuts: { frames: { segments: 2, length: 24, padded: false } },
    });
    expect(layoutOf([1, 4, 4], [2, 2, 4])).toEqual({
      patches: 32,
      tokens: 8,
      cuts: { frames: { segments: 3, length: 16, padded: true } },
    });
    expect(tiny.batches.mediaLayout([])).toBeUndefined();
  });

  test('patches and tokens stay in stored order', () => {
    const media = [randomMedia(tiny, [1, 4, 4], 1), randomMedia(tiny, [2, 2, 4], 2)];
    const { shape, data } = tiny.batches.mediaTensors(media)['vision.pixels']!;
    expect(shape).toEqual([32, 3 * 2 * 16 * 16]);
    const stored = media.flatMap(({ patches }) => [...patches]);
    expectNear(data as Float32Array, stored, 1e-9);
    const rows = Float32Array.from({ length: 16 }, (_, index) => index);
    expect(tiny.batches.inPromptOrder(rows, media, 2)).toEqual(rows);
  });
});

function expectNear(found: Float32Array, expected: ArrayLike<number>, tolerance = 1e-5): void {
  expect(found).toHaveLength(expected.length);
  const worst = found.reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i]!)), 0);
  expect(worst).toBeLessThan(tolerance);
}

/** A copy of the tiny model with other levels and its tensors renamed or changed. */
async function variant(
  name: string,
  levels: readonly number[],
  change: (name: string, data: Float32Array) => readonly [string, Float32Array],
): Promise<OnnxPolicy> {
  await cp(at('model'), at(name), { recursive: true });
  const config = JSON.parse(await readFile(join(at(name), 'config.json'), 'utf8')) as {
    vision_config: object;
  };
  const vision_config = { ...config.vision_config, deepstack_visual_indexes: levels };
  await writeFile(join(at(name), 'config.json'), JSON.stringify({ ...config, vision_config }));
  const stored = await openCheckpoint(at('model'));
  const tensors = [];
  for (const { name: own, shape } of tiny.parameters.all) {
    const [renamed, data] = change(own, await stored.readFloats(own));
    tensors.push({ name: renamed, shape, data });
  }
  await stored.close();
  await writeCheckpoint(join(at(name), 'model.safetensors'), tensors);
  return openOnnxPolicy({ model: at(name), threads: 1 });
}

describe('features', () => {
  let policy: OnnxPolicy;
  beforeAll(async () => {
    policy = await openOnnxPolicy({ model: at('model'), threads: 1 });
  });
  afterAll(() => policy.dispose());

  const media = [
    randomMedia(tiny, [1, 4, 4], 1, 'image'),
    randomMedia(tiny, [2, 2, 4], 2),
    randomMedia(tiny, [1, 2, 6], 3, 'image'),
  ];

  test('of frames of different sizes are together what they are alone', async () => {
    const together = await inspectFeatures(policy.engine, media);
    const alone: InspectedFeatures[] = [];
    for (const medium of media) alone.push(await inspectFeatures(policy.engine, [medium]));
    expectNear(
      together.features,
      alone.flatMap(({ features }) => [...features]),
    );
    expect(together.levels).toHaveLength(2);
    together.levels.forEach((level, index) =>
      expectNear(
        level,
        alone.flatMap(({ levels }) => [...levels[index]!]),
      ),
    );
  });

  test('of a frame do not depend on the other frames of its video', async () => {
    const [, video] = media;
    const whole = await inspectFeatures(policy.engine, [video!]);
    const { patches } = video!;
    const first = {
      ...video!,
      grid: [1, 2, 4] as const,
      patches: patches.slice(0, patches.length / 2),
    };
    const half = await inspectFeatures(policy.engine, [first]);
    expectNear(half.features, whole.features.slice(0, half.features.length));
  });

  test('of DeepStack come in the order of the tower, by mergers in the order of the config', async () => {
    // Merger j makes 10 + j of everything; the config lists block 1 first, so block 0 has merger 1.
    const constant = await variant('constant', [1, 0], (name, data) => {
      const merger = /deepstack_merger_list\.(\d)\.linear_fc2\.(weight|bias)$/.exec(name);
      if (!merger) return [name, data];
      return [name, data.fill(merger[2] === 'bias' ? 10 + Number(merger[1]) : 0)];
    });
    const { levels } = await inspectFeatures(constant.engine, media);
    await constant.dispose();
    expect(levels.map((level) => [...new Set(level)])).toEqual([[11], [10]]);
    // Block 1 without effect: what is read after block 0 stays, what is read after block 1 does not.
    const still = await variant('still', [1, 0], (name, data) => [
      name,
      /blocks\.1\.(attn\.proj|mlp\.linear_fc2)\./.test(name) ? data.fill(0) : data,
    ]);
    const [before, after] = [
      await inspectFeatures(policy.engine, media),
      await inspectFeatures(still.engine, media),
    ];
    await still.dispose();
    expectNear(after.levels[0]!, before.levels[0]!);
    expect(() => expectNear(after.levels[1]!, before.levels[1]!)).toThrow();
    expect(() => expectNear(after.features, before.features)).toThrow();
  });

  test('reach the decoder alike when the config and the mergers change places', async () => {
    const swapped = await variant('swapped', [0, 1], (name, data) => [
      name.replace(/(?<=deepstack_merger_list\.)\d/, (level) => String(1 - Number(level))),
      data,
    ]);
    const prompt = framedPrompt(tiny, media, 6, 1);
    const expected = await inspectLogits(policy.engine, prompt);
    expectNear(await inspectLogits(swapped.engine, prompt), expected);
    await swapped.dispose();
    // Without the levels the logits are others, from the first token of a medium on.
    const without = await variant('without', [1, 0], (name, data) => [
      name,
      /deepstack_merger_list\.\d\.linear_fc2\./.test(name) ? data.fill(0) : data,
    ]);
    const found = await inspectLogits(without.engine, prompt);
    await without.dispose();
    const first = prompt.tokenIds.findIndex((id) => id === tiny.tokens.image);
    const { vocabularySize } = tiny.decoder;
    expectNear(found.slice(0, first * vocabularySize), expected.slice(0, first * vocabularySize));
    expect(() => expectNear(found, expected, 1e-3)).toThrow();
  });
});
