import { describe, expect, test } from '@jest/globals';
import { bootstrapMean } from '../../../src/evaluate/figures/bootstrap.ts';
import { constantControl } from '../../../src/evaluate/figures/constant-control.ts';
import { itemOfSample } from '../../../src/evaluate/items/items.ts';
import { compareMeans, meansOf } from '../../../src/evaluate/figures/means.ts';
import { swapMedia } from '../../../src/evaluate/items/swap-media.ts';
import { randomStream } from '../../../src/random/seed.ts';
import type { JudgedRow } from '../../../src/evaluate/figures/verdicts.ts';
import { fakeSample, fakeScorer } from '../../../src/testing/index.ts';

const samples = Array.from({ length: 9 }, (_, index) =>
  fakeSample({
    id: `q${index}`,
    problem: String(index),
    solution: `<answer>${index % 3 === 0 ? 'A' : 'B'}</answer>`,
    questionKind: index < 6 ? 'direction' : 'counting',
    media: [{ kind: 'video', path: `/videos/${Math.floor(index / 3)}.mp4` }],
  }),
);

describe('controls', () => {
  test('the constant is the best true answer of each kind', () => {
    const judging = fakeScorer(({ answer }, text) => ({
      score: text.endsWith(answer) ? 1 : 0,
      normalised: text.slice(-10, -9),
    }));
    expect(constantControl(judging, samples.map(itemOfSample))).toEqual({
      score: 6 / 9,
      tasks: {
        counting: { answer: 'B', score: 2 / 3 },
        direction: { answer: 'B', score: 4 / 6 },
      },
    });
  });

  test('swapped media are those of another scene, and there must be one', () => {
    const items = samples.map(itemOfSample);
    const swaps = swapMedia(items, 3)!;
    for (const { id, media } of items) expect(swaps.get(id)).not.toEqual(media);
    expect(new Set([...swaps.values()].map(([media]) => media!.path)).size).toBe(3);
    expect(swapMedia(items.slice(0, 3), 3)).toBeUndefined();
  });
});

describe('intervals', () => {
  test('cover the mean of the source about as often as they promise', () => {
    const random = randomStream(11);
    let covered = 0;
    for (let trial = 0; trial < 40; trial++) {
      const values = Array.from({ length: 20 }, () => random());
      const { low, high } = bootstrapMean(values, trial);
      covered += low <= 0.5 && 0.5 <= high ? 1 : 0;
    }
    expect(covered).toBeGreaterThan(32);
  });

  test('of nothing, and of equal values', () => {
    expect(bootstrapMean([], 1)).toEqual({ value: 0, low: 0, high: 0, count: 0 });
    expect(bootstrapMean([2, 2, 2], 1)).toEqual({ value: 2, low: 2, high: 2, count: 3 });
    expect(bootstrapMean([2], 1)).toEqual({ value: 2, low: NaN, high: NaN, count: 1 });
  });

  test('leave out what the scorer does not count', () => {
    const row = (score: number, counted: boolean): JudgedRow => ({
      item: itemOfSample(fakeSample({ id: `${score}` })),
      verdict: { score, answered: counted, counted },
    });
    const { overall } = meansOf([row(1, true), row(0, false), row(0.5, true)], 1);
    expect(overall.score).toMatchObject({ value: 0.75, count: 2 });
  });

  test('of a paired difference are narrower than those of the parts', () => {
    const rowsOf = (shift: number): readonly JudgedRow[] =>
      Array.from({ length: 30 }, (_, index) => ({
        item: itemOfSample(fakeSample({ id: `q${index}` })),
        verdict: {
          answered: true,
          counted: true,
          score: (index % 10) / 10 + shift * (1 + (index % 3) / 10),
          measures: { map: index % 2 },
        },
      }));
    const [before, after] = [rowsOf(0), rowsOf(0.05)];
    const { score, measures, tasks } = compareMeans(before, after, 1);
    expect(score.value).toBeCloseTo(0.055, 6);
    expect(score.low).toBeGreaterThan(0.05);
    const whole = meansOf(before, 1).overall.score;
    expect(whole.high - whole.low).toBeGreaterThan(0.1);
    expect(measures['map']).toEqual({ value: 0, low: 0, high: 0, count: 30 });
    expect(Object.keys(tasks)).toEqual(['direction']);
    // A video that was there before and is gone now does not end a training at its last step.
    const fewer = after.slice(1);
    expect(compareMeans(before, fewer.toReversed(), 1).score).toMatchObject({ count: 29 });
    expect(compareMeans(before, fewer, 1).score.value).toBeCloseTo(0.055, 3);
    expect(() => compareMeans(before, [], 1)).toThrow(/share no item/);
  });

  test('tasks stand in one order, whatever language the machine speaks', () => {
    const row = (questionKind: string): JudgedRow => ({
      item: itemOfSample(fakeSample({ id: questionKind, questionKind })),
      verdict: { score: 1, answered: true, counted: true },
    });
    const { tasks } = meansOf(['route', 'Size', 'counting'].map(row), 1);
    expect(Object.keys(tasks)).toEqual(['Size', 'counting', 'route']);
  });
});
