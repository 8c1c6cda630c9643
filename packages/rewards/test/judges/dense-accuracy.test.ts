import { describe, expect, test } from '@jest/globals';
import { meanRelativeAccuracy } from '@loci/core';
import fc from 'fast-check';
import { denseAccuracy } from '../../src/judges/dense-accuracy.ts';

const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const target = fc.double({ noNaN: true, min: 1e-3, max: 1e6 });
const error = fc.double({ noNaN: true, min: 0, max: 50 });

describe('dense accuracy', () => {
  test('halves with every quarter of relative error, or with what is asked for', () => {
    expect([2, 2.5, 3, 4, 1.5].map((said) => denseAccuracy(said, 2))).toEqual([
      1, 0.5, 0.25, 0.0625, 0.5,
    ]);
    expect(denseAccuracy(3, 2, 0.5)).toBe(0.5);
  });

  test('a target of 0 is met by 0 alone, NaN and infinity by nothing', () => {
    expect([0, -0, 1e-300].map((said) => denseAccuracy(said, 0))).toEqual([1, 1, 0]);
    expect([NaN, Infinity, -Infinity].map((said) => denseAccuracy(said, 2))).toEqual([0, 0, 0]);
    expect([NaN, Infinity].map((truth) => denseAccuracy(2, truth))).toEqual([0, 0]);
  });

  test('any two numbers give a value from 0 to 1, and 1 for the same', () => {
    fc.assert(
      fc.property(number, number, fc.double({ noNaN: true, min: 1e-3, max: 10 }), (a, b, half) => {
        const value = denseAccuracy(a, b, half);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
        expect(denseAccuracy(a, a, half)).toBe(1);
      }),
    );
  });

  test('less for every greater error, alike above and below, and for the negative target', () => {
    fc.assert(
      fc.property(target, error, error, (truth, one, other) => {
        fc.pre(Math.abs(one - other) > 1e-9);
        const [near, far] = [Math.min(one, other), Math.max(one, other)];
        const at = (e: number) => denseAccuracy(truth * (1 + e), truth);
        expect(at(near)).toBeGreaterThan(at(far));
        expect(denseAccuracy(truth * (1 - far), truth)).toBeCloseTo(at(far), 9);
        expect(denseAccuracy(-truth * (1 + far), -truth)).toBe(at(far));
      }),
    );
  });

  test('tells apart what mean relative accuracy does not: near misses, and far ones', () => {
    const mra = (said: number) => meanRelativeAccuracy(said, 10);
    expect([10.1, 10.4].map(mra)).toEqual([1, 1]);
    expect([16, 40].map(mra)).toEqual([0, 0]);
    expect(denseAccuracy(10.1, 10)).toBeGreaterThan(denseAccuracy(10.4, 10));
    expect(denseAccuracy(16, 10)).toBeGreaterThan(denseAccuracy(40, 10));
  });

  test('is above a half where mean relative accuracy is, but for the very border', () => {
    fc.assert(
      fc.property(target, fc.double({ noNaN: true, min: 0, max: 1 }), (truth, e) => {
        fc.pre(Math.abs(e - 0.25) > 1e-9);
        const said = truth * (1 + e);
        expect(denseAccuracy(said, truth) > 0.5).toBe(meanRelativeAccuracy(said, truth) > 0.5);
      }),
    );
  });
});
