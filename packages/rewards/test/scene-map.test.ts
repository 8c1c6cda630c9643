import { describe, expect, test } from '@jest/globals';
import { formatSceneMap } from '@loci/core';
import type { SceneMap } from '@loci/core';
import { describeRewardContract } from '@loci/core/testing';
import { map } from '../src/map.ts';
import { UNMAPPED, score, valuesOf } from './score.ts';

const VIEWS: SceneMap = {
  format: 'mindcube',
  objects: [
    { name: 'chair', position: [2, 3], facing: 'right' },
    { name: 'table', position: [5, 6] },
  ],
  views: [{ name: 'view 1', position: [4, 9], facing: 'up' }],
};
const BOXES: SceneMap = {
  format: 'boxes',
  boxes: [
    { name: 'chair', centre: [-1.5, 2], size: [0.5, 0.6] },
    { name: 'bed', centre: [0.4, 4], size: [1.6, 2] },
  ],
};
const completion = (drawn: string): string =>
  `<think><map>${drawn}</map></think><answer>A</answer>`;

describe.each([VIEWS, BOXES])('a map in the form $format', (sceneMap) => {
  const sample = { ...UNMAPPED, sceneMap };
  const options = { when: 'always' };
  describeRewardContract({ plugin: map, options, sample });

  test('is scored by its own rule, with parts', async () => {
    const drawn = formatSceneMap(sceneMap);
    const moved = drawn.replace('"position":[2,3]', '"position":[9,8]').replace('-1.5', '3.5');
    const found = await score(map, [drawn, moved, 'nothing'].map(completion), { sample, options });
    const [right = NaN, wrong = NaN, none] = valuesOf(found) as number[];
    expect([right, none]).toEqual([1, 0]);
    expect(wrong).toBeGreaterThan(0.2);
    expect(wrong).toBeLessThan(0.95);
    expect(found[0]).toMatchObject({ parts: { score: 1, directions: 1, missing: 0, invented: 0 } });
    expect(found[2]).toMatchObject({ reason: 'the map is no JSON object' });
  });

  test('takes power, and is not read by the calibrated score', async () => {
    const drawn = completion(formatSceneMap(sceneMap).replace('chair', 'stool'));
    const [plain] = valuesOf(await score(map, [drawn], { sample, options })) as number[];
    const steep = { ...options, power: 2 };
    const [squared] = valuesOf(await score(map, [drawn], { sample, options: steep })) as number[];
    expect(squared).toBeCloseTo(plain! ** 2, 12);
    const calibrated = { ...options, scoring: 'calibrated' };
    expect(await score(map, [drawn], { sample, options: calibrated })).toMatchObject([
      { status: 'abstained', reason: expect.stringContaining(sceneMap.format) },
    ]);
  });
});
