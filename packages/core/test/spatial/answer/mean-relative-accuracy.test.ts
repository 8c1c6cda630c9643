import { describe, expect, test } from '@jest/globals';
import { meanRelativeAccuracy } from '../../../src/spatial/answer/mean-relative-accuracy.ts';

describe('mean relative accuracy', () => {
  test.each([
    [0.95, 1],
    [1.05, 1],
    [0.9, 0.9],
    [1.1, 0.9],
    [0.65, 0.4],
    [1.35, 0.3],
    [0.5, 0.1],
    [1.5, 0.1],
    [0, 0],
    [2, 0],
    [NaN, 0],
    [Infinity, 0],
  ])('%d for 1 scores %d in every variant', (prediction, score) => {
    for (const variant of ['train', 'vsi_eval', 'spar_eval', 'corrected'] as const) {
      expect(meanRelativeAccuracy(prediction, 1, variant)).toBe(score);
    }
  });

  test('a negative target lets everything pass in the reference only', () => {
    expect(meanRelativeAccuracy(5, -5, 'train')).toBe(1);
    expect(meanRelativeAccuracy(5, -5)).toBe(0);
    expect(meanRelativeAccuracy(-5, -5)).toBe(1);
  });

  test('a target of 0', () => {
    expect(() => meanRelativeAccuracy(0, 0, 'vsi_eval')).toThrow('target of 0');
    expect(meanRelativeAccuracy(0.15, 0, 'spar_eval')).toBe(0.8);
    expect(meanRelativeAccuracy(0.15, 0)).toBe(0);
    expect(meanRelativeAccuracy(0, 0)).toBe(1);
  });
});
