import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { deriveSeed, randomStream, type EncodedMedia } from '@loci/core';
import { VisionPretraining } from '../../../src/graph/pretraining/vision-pretraining.ts';
import type { ReadoutExample } from '../../../src/graph/pretraining/vision-pretraining.ts';
import { openOnnxPolicy } from '../../../src/onnx/onnx-policy.ts';
import type { OnnxPolicy } from '../../../src/onnx/onnx-policy.ts';
import { temporaryFolder, writeTinyModel } from '../../support/tiny-model.ts';

const OPTIMIZER = {
  learningRate: 3e-3,
  beta1: 0.9,
  beta2: 0.98,
  epsilon: 1e-8,
  weightDecay: 0,
  maxGradNorm: 1,
};

/** A clip of noise with a bright patch whose place is the label. */
function clip(seed: number): ReadoutExample {
  const random = randomStream(deriveSeed(seed, 'clip'));
  const grid = [1, 4, 4] as const;
  const width = 3 * 2 * 14 * 14;
  const patches = Float32Array.from({ length: 16 * width }, () => random() - 0.5);
  const place = Math.floor(random() * 16);
  for (let value = 0; value < width; value++) patches[place * width + value]! += 2;
  const video: EncodedMedia = { kind: 'video', patches, grid, secondsPerGrid: 1 };
  // Merged token of the patch; the second category never applies.
  return { video, labels: [Int32Array.of(Math.floor(place / 4), -1)] };
}

describe('vision warm-up', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let policy: OnnxPolicy;

  beforeAll(async () => {
    folder = await temporaryFolder();
    await writeTinyModel(folder.path, 3);
    policy = await openOnnxPolicy({ model: folder.path, threads: 1 });
  });

  afterAll(async () => {
    await policy.dispose();
    await folder.remove();
  });

  test('the tower learns to tell places apart, and only the tower keeps what was learned', async () => {
    const { engine } = policy;
    const before = (await engine.runtime.get('current')) as Float32Array;
    const warmUp = await VisionPretraining.start(engine, 2, [4], 1);
    const examples = Array.from({ length: 16 }, (_, seed) => clip(seed));
    const first = await warmUp.step(examples, OPTIMIZER);
    let last = first;
    for (let step = 0; step < 120; step++) last = await warmUp.step(examples, OPTIMIZER);
    await warmUp.finish();
    expect(first).toBeGreaterThan(1);
    expect(last).toBeLessThan(first / 3);
    const after = (await engine.runtime.get('current')) as Float32Array;
    const changed = (name: string) => {
      const { offset, size } = engine.arena.entries.find((entry) => entry.name === name)!;
      return after.subarray(offset, offset + size).some((value, i) => value !== before[offset + i]);
    };
    expect(changed('visual.patch_embed.proj.weight')).toBe(true);
    expect(changed('model.layers.0.mlp.up_proj.weight')).toBe(false);
    expect(engine.optimizer.step).toBe(0);
    await expect(engine.runtime.get('readout/current')).rejects.toThrow('readout/current');
  });

  test('videos of different sizes are refused', async () => {
    const warmUp = await VisionPretraining.start(policy.engine, 2, [4], 1);
    const odd = clip(1);
    const small = { ...odd, video: { ...odd.video, grid: [1, 2, 2] as const } };
    await expect(warmUp.step([clip(0), small], OPTIMIZER)).rejects.toThrow('one size');
    await warmUp.finish();
  });
});
