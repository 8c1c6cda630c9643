import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  groupNormalised,
  normaliseGroup,
} from '../../../../src/train/algorithm/advantages/group-normalised.ts';
import type { NormalisationOptions } from '../../../../src/train/algorithm/advantages/group-normalised.ts';

const DEFAULTS: NormalisationOptions = {
  divideByStd: true,
  epsilon: 1e-4,
  precision: 'float64',
  singleton: 'zero',
};

describe('group-normalised advantages', () => {
  test('are the distance to the mean in unbiased standard deviations', () => {
    const [low, , , high] = normaliseGroup([0, 0, 0, 1], DEFAULTS);
    expect(low).toBeCloseTo(-0.25 / 0.5001, 12);
    expect(high).toBeCloseTo(0.75 / 0.5001, 12);
  });

  test('without division are the distance itself', () => {
    expect([...normaliseGroup([1, 3], { ...DEFAULTS, divideByStd: false })]).toEqual([-1, 1]);
  });

  test('of equal rewards are 0, whatever rounding does to their mean', () => {
    for (const precision of ['float32', 'float64'] as const) {
      expect([...normaliseGroup([0.1, 0.1, 0.1], { ...DEFAULTS, precision })]).toEqual([0, 0, 0]);
    }
  });

  test('of a group of one are 0, and NaN in the reference', () => {
    expect([...normaliseGroup([7], DEFAULTS)]).toEqual([0]);
    expect([...normaliseGroup([7], { ...DEFAULTS, singleton: 'nan' })]).toEqual([NaN]);
  });

  test('leave a completion without a reward out of mean and deviation', () => {
    for (const precision of ['float32', 'float64'] as const) {
      const options = { ...DEFAULTS, precision };
      const [first, ...others] = normaliseGroup([NaN, 0.9, 0.8, 0.7], options);
      expect(first).toBe(0);
      expect(others).toEqual([...normaliseGroup([0.9, 0.8, 0.7], options)]);
    }
    expect([...normaliseGroup([NaN, 0.9], DEFAULTS)]).toEqual([0, 0]);
    expect([...normaliseGroup([NaN, NaN], DEFAULTS)]).toEqual([0, 0]);
  });

  test('in single precision are single-precision numbers near the double ones', () => {
    const single = normaliseGroup([0.1, 0.2, 1.7], { ...DEFAULTS, precision: 'float32' });
    const double = normaliseGroup([0.1, 0.2, 1.7], DEFAULTS);
    single.forEach((value, index) => {
      expect(value).toBe(Math.fround(value));
      expect(value).toBeCloseTo(double[index]!, 6);
    });
  });

  test('sum to 0 and follow the order of the rewards', () => {
    const rewards = fc.array(fc.double({ min: -4, max: 4, noNaN: true }), {
      minLength: 2,
      maxLength: 16,
    });
    fc.assert(
      fc.property(rewards, (values) => {
        const advantages = normaliseGroup(values, DEFAULTS);
        expect(advantages.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 6);
        values.forEach((value, i) =>
          values.forEach((other, j) => {
            if (value > other) expect(advantages[i]).toBeGreaterThanOrEqual(advantages[j]!);
          }),
        );
      }),
    );
  });

  test('as a plugin, the options decide', async () => {
    const context = { seed: 1, baseDirectory: '.', logger: { info: () => {}, warn: () => {} } };
    const options = groupNormalised.options.parse({ compat: 'spacer' });
    const estimator = await groupNormalised.create(options, context);
    const groups = [{ rewards: Float64Array.of(1), contributions: new Map() }];
    expect(estimator.estimate(groups)).toEqual([{ advantages: Float64Array.of(NaN) }]);
    expect(() => groupNormalised.options.parse({ epsilon: 0 })).toThrow();
  });
});
