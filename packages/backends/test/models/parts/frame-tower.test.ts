import { expect, test } from '@jest/globals';
import { frameTower } from '../../../src/models/parts/frame-tower.ts';
import { patchValues } from '../../../src/models/spec/sizes.ts';

const sizes = {
  depth: 1,
  channels: 1,
  patchSize: 2,
  mergeSize: 2,
  temporalPatchSize: 1,
  levels: 0,
};
const tower = frameTower({
  sizes,
  hiddenSize: 8,
  heads: 1,
  perPatch: 8,
  tensors: (grids) => ({ extra: { shape: [1], data: Float32Array.of(grids.length) } }),
  features: (_ops, _weights, { pixels }) => ({ features: pixels, levels: [] }),
});
const GRIDS = [
  [2, 2, 4],
  [1, 2, 2],
] as const;

test('every frame of every medium is a segment; tokens and patches stay in stored order', () => {
  expect(tower.layout(GRIDS)).toEqual({
    patches: 20,
    tokens: 5,
    cuts: { frames: { segments: 3, length: 8, padded: true } },
  });
  expect([...tower.tokenOrder(GRIDS)]).toEqual([0, 1, 2, 3, 4]);
});

test('it declares what it gives values for, and what its architecture adds', () => {
  const values = patchValues(sizes);
  const media = GRIDS.map((grid, index) => ({
    kind: 'video' as const,
    grid,
    patches: new Float32Array(grid[0] * grid[1] * grid[2] * values).fill(index + 1),
    secondsPerGrid: 1,
  }));
  const tensors = tower.tensors(media);
  expect(tensors['vision.pixels']!.shape).toEqual([20, values]);
  expect(tensors['vision.pixels']!.data[16 * values - 1]).toBe(1);
  expect(tensors['vision.pixels']!.data[16 * values]).toBe(2);
  expect(tensors['extra']!.data[0]).toBe(2);

  const declared = new Map<string, readonly number[]>();
  const declare = (name: string, shape: readonly number[]) => {
    declared.set(name, shape);
    return name;
  };
  const { features } = tower.features({} as never, {} as never, tower.layout(GRIDS), declare);
  expect(features).toBe('vision.pixels');
  for (const [name, shape] of declared) expect(tensors[name]?.shape).toEqual(shape);
  expect([...declared.keys(), 'extra'].sort()).toEqual(Object.keys(tensors).sort());
});
