import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  acrossScenes,
  estimate,
  quantile,
  withinScenes,
  type SceneScores,
} from '../../src/map-study/statistics.ts';

const values = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 3, maxLength: 3 });
const scenes = fc.array(fc.record({ high: values, low: values }), { minLength: 2, maxLength: 6 });

/** The rule as it is stated: all pairs, ties half. */
function auc(high: readonly number[], low: readonly number[]): number {
  const wins = high.flatMap((one) =>
    low.map((other) => (one > other ? 1 : one === other ? 0.5 : 0)),
  );
  return wins.reduce<number>((sum, win) => sum + win, 0) / wins.length;
}

describe('telling better maps from worse', () => {
  test('is counted over all pairs of a scene, and over all pairs of all scenes', () => {
    fc.assert(
      fc.property(scenes, (all) => {
        const within = all.map(({ high, low }) => auc(high, low));
        const mean = within.reduce((sum, value) => sum + value, 0) / all.length;
        expect(withinScenes(all).mean).toBeCloseTo(mean, 12);
        const pooled = auc(
          all.flatMap(({ high }) => high),
          all.flatMap(({ low }) => low),
        );
        expect(acrossScenes(all).mean).toBeCloseTo(pooled, 12);
        expect(acrossScenes(all).error).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('is 1 without error when every better map wins, and one half when nothing differs', () => {
    const clear: SceneScores[] = [1, 2, 3].map(() => ({ high: [2, 3], low: [0, 1] }));
    expect(acrossScenes(clear)).toEqual({ mean: 1, error: 0 });
    expect(withinScenes(clear)).toEqual({ mean: 1, error: 0 });
    const same: SceneScores[] = [1, 2, 3].map(() => ({ high: [1, 1], low: [1, 1] }));
    expect(acrossScenes(same)).toEqual({ mean: 0.5, error: 0 });
  });
});

test('a mean has the standard error of the mean, and a quantile is one of the values', () => {
  expect(estimate([1, 2, 3, 4]).mean).toBe(2.5);
  expect(estimate([1, 2, 3, 4]).error).toBeCloseTo(Math.sqrt(5 / 3 / 4), 12);
  expect([0, 0.5, 0.99].map((share) => quantile([4, 1, 3, 2], share))).toEqual([1, 3, 4]);
});
