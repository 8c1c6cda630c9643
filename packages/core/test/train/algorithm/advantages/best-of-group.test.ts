import { describe, expect, test } from '@jest/globals';
import { bestOfGroup, keepBest } from '../../../../src/train/algorithm/advantages/best-of-group.ts';
import { advantagesOf, groupOf, groupOfRewards } from './sums.ts';

describe('best-of-group', () => {
  test('keeps the best completion that is good enough, and of equal ones the first', async () => {
    const groups = [groupOf(0, 2, 1, 2), groupOf(0.5, 0.9, 0, 0), groupOf(2, 2, 2, 2)];
    expect(await advantagesOf(bestOfGroup, groups, { atLeast: 1 })).toEqual([
      [0, 1, 0, 0],
      [0, 0, 0, 0],
      [1, 0, 0, 0],
    ]);
  });

  test('keeps several, best first', () => {
    expect([...keepBest(Float64Array.of(1, 3, 2, 0), { keep: 2, atLeast: 0 })]).toEqual([
      0, 1, 1, 0,
    ]);
    expect([...keepBest(Float64Array.of(1, 3), { keep: 8, atLeast: 2 })]).toEqual([0, 1]);
  });

  test('never keeps what every reward abstained from', async () => {
    expect([...keepBest(Float64Array.of(NaN, -1), { keep: 2, atLeast: -5 })]).toEqual([0, 1]);
    const partly = groupOfRewards([
      [1, 0],
      [NaN, 1],
    ]);
    expect(await advantagesOf(bestOfGroup, [partly], { atLeast: 1.5 })).toEqual([[1, 0]]);
  });

  test('wants to be told what is good enough', () => {
    expect(bestOfGroup.options.safeParse({}).success).toBe(false);
  });
});
