import { describe, expect, test } from '@jest/globals';
import { parseModel } from '../../../src/models/index.ts';
import { parseConfig } from '../../../src/models/qwen2-5-vl/config.ts';
import { windowOrder } from '../../../src/models/qwen2-5-vl/window-order.ts';
import { tinyConfigJson } from '../../support/tiny-config.ts';
import { randomMedia } from '../../support/tiny-model.ts';

const tiny = parseModel(tinyConfigJson());
const { vision } = parseConfig(tinyConfigJson());
const layoutOf = (...grids: (readonly [number, number, number])[]) =>
  tiny.batches.mediaLayout(grids.map((grid) => ({ grid })))!;

describe('the arrangement of patches', () => {
  test('windows of two by two merged tokens, ragged at the edge, frame by frame', () => {
    const { tokenOrder, lengths } = windowOrder([[2, 4, 6]], vision);
    expect([...tokenOrder]).toEqual([0, 1, 3, 4, 2, 5, 6, 7, 9, 10, 8, 11]);
    expect(lengths).toEqual({ windows: [16, 8, 16, 8], frames: [24, 24] });
    expect(layoutOf([2, 4, 6])).toEqual({
      patches: 48,
      tokens: 12,
      cuts: {
        frames: { segments: 2, length: 24, padded: false },
        windows: { segments: 4, length: 16, padded: true },
      },
    });
  });

  test('a window takes the whole merged tokens that fit', () => {
    const wider = windowOrder([[2, 4, 6]], { ...vision, windowSize: 83 });
    expect(wider).toEqual(windowOrder([[2, 4, 6]], vision));
  });

  test('media of different sizes follow one another', () => {
    const { tokenOrder } = windowOrder(
      [
        [1, 4, 4],
        [1, 2, 4],
      ],
      vision,
    );
    expect([...tokenOrder]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(layoutOf([1, 4, 4], [1, 2, 4]).cuts['frames']).toEqual({
      segments: 2,
      length: 16,
      padded: true,
    });
  });

  test('a window that covers the frame costs no padding', () => {
    const { windows, frames } = layoutOf([3, 4, 4]).cuts;
    expect(windows).toEqual(frames);
  });
});

describe('the inputs of the tower', () => {
  test('patches move with their merged token, and padding is hidden', () => {
    const media = [randomMedia(tiny, [1, 4, 6], 1)];
    const { tokenOrder } = windowOrder([[1, 4, 6]], vision);
    const tensors = tiny.batches.mediaTensors(media);
    const width = 3 * 2 * 14 * 14;
    const pixels = tensors['vision.pixels']!;
    expect(pixels.shape).toEqual([24, width]);
    tokenOrder.forEach((token, place) => {
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

  test('features come back in the order of the prompt', () => {
    const { tokenOrder } = windowOrder([[1, 4, 6]], vision);
    const made = Float32Array.from([...tokenOrder].flatMap((token) => [token, token + 0.5]));
    const stored = tiny.batches.inPromptOrder(made, [{ grid: [1, 4, 6] }], 2);
    expect([...stored]).toEqual([0, 1, 2, 3, 4, 5].flatMap((token) => [token, token + 0.5]));
  });
});
