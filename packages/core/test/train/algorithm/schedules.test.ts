import { describe, expect, test } from '@jest/globals';
import { constant, cosine } from '../../../src/train/algorithm/schedules.ts';

const context = { seed: 1, baseDirectory: '.', logger: { info: () => {}, warn: () => {} } };

describe('schedules', () => {
  test('the constant one rises to 1 and stays', async () => {
    const schedule = await constant.create({ warmupSteps: 3 }, context);
    expect([0, 1, 2, 3, 4, 99].map((step) => schedule.factor(step, 100))).toEqual([
      0.25, 0.5, 0.75, 1, 1, 1,
    ]);
  });

  test('the cosine one rises, falls, and reaches its floor at the end', async () => {
    const schedule = await cosine.create({ warmupSteps: 2, floor: 0.1 }, context);
    const factors = Array.from({ length: 13 }, (_, step) => schedule.factor(step, 12));
    expect(factors[2]).toBe(1);
    expect(factors[7]).toBeCloseTo(0.55);
    expect(factors[12]).toBeCloseTo(0.1);
    expect(factors.slice(2)).toEqual([...factors.slice(2)].sort((a, b) => b - a));
    expect(schedule.factor(50, 12)).toBeCloseTo(0.1);
  });

  test('without warm-up the first step has the full rate, however short the run', async () => {
    const schedule = await cosine.create(cosine.options.parse({}), context);
    expect(schedule.factor(0, 1)).toBe(1);
    expect(schedule.factor(0, 0)).toBe(1);
  });
});
