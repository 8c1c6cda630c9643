import { describe, expect, test } from '@jest/globals';
import { parseModelConfig } from '../../../src/models/qwen2-5-vl/config.ts';
import { planVision, visionTensors } from '../../../src/models/qwen2-5-vl/vision-layout.ts';
import { tinyConfigJson } from '../../support/tiny-config.ts';
import { randomMedia } from '../../support/tiny-model.ts';

const config = parseModelConfig(tinyConfigJson());
const { vision } = config;

describe('the arrangement of patches', () => {
  test('windows of two by two merged tokens, ragged at the edge, frame by frame', () => {
    const plan = planVision([[2, 4, 6]], vision);
    expect([...plan.tokenOrder]).toEqual([0, 1, 3, 4, 2, 5, 6, 7, 9, 10, 8, 11]);
    expect(plan.windowLengths).toEqual([16, 8, 16, 8]);
    expect(plan.frameLengths).toEqual([24, 24]);
    expect(plan.layout).toEqual({
      patches: 48,
      frames: { segments: 2, length: 24, padded: false },
      windows: { segments: 4, length: 16, padded: true },
    });
  });

  test('a window takes the whole merged tokens that fit', () => {
    const wider = planVision([[2, 4, 6]], { ...vision, windowSize: 83 });
    expect(wider).toEqual(planVision([[2, 4, 6]], vision));
  });

  test('media of different sizes follow one another', () => {
    const plan = planVision(
      [
        [1, 4, 4],
        [1, 2, 4],
      ],
      vision,
    );
    expect([...plan.tokenOrder]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(plan.layout.frames).toEqual({ segments: 2, length: 16, padded: true });
  });

  test('a window that covers the frame costs no padding', () => {
    const { windows, frames } = planVision([[3, 4, 4]], vision).layout;
    expect(windows).toEqual(frames);
  });
});

describe('the inputs of the tower', () => {
  test('patches move with their merged token, and padding is hidden', () => {
    const media = [randomMedia(config, [1, 4, 6], 1)];
    const plan = planVision([[1, 4, 6]], vision);
    const tensors = visionTensors(plan, media, vision);
    const width = 3 * 2 * 14 * 14;
    const pixels = tensors['vision.pixels']!;
    expect(pixels.shape).toEqual([24, width]);
    plan.tokenOrder.forEach((token, place) => {
      for (let patch = 0; patch < 4; patch++) {
        const [from, to] = [(token * 4 + patch) * width, (place * 4 + patch) * width];
        expect(pixels.data[to]).toBe(media[0]!.patches[from]);
      }
    });
    const mask = [...tensors['vision.windows.keyMask']!.data];
    expect(mask.map((value) => value === 0)).toEqual(
      Array.from({ length: 32 }, (_, at) => at < 24),
    );
    const index = tensors['vision.windows.index']!.data;
    const inverse = tensors['vision.windows.inverse']!.data;
    inverse.forEach((place, patch) => expect(index[place]).toBe(patch));
    expect([...index.slice(24)]).toEqual(new Array(8).fill(24));
    expect(tensors['vision.frames.index']).toBeUndefined();
  });
});
