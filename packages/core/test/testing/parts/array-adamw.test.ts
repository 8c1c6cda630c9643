import { describe, expect, test } from '@jest/globals';
import { ArrayAdamW } from '../../../src/testing/parts/array-adamw.ts';

const STEP = {
  learningRate: 0.1,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0.5,
  maxGradNorm: 0,
};

describe('AdamW over an array', () => {
  test('two steps worked out by hand', () => {
    const weights = Float64Array.of(1, -2);
    const optimizer = new ArrayAdamW(2);
    const gradients = Float64Array.of(3, -4);
    expect(optimizer.apply(weights, gradients, STEP)).toEqual({ gradNorm: 5, applied: true });
    // With its bias corrected the first step is the sign of the gradient; the decay is 0.1 · 0.5 of the weight.
    expect(weights[0]).toBeCloseTo(1 - 0.1 - 0.05, 7);
    expect(weights[1]).toBeCloseTo(-2 + 0.1 + 0.1, 7);
    expect([...gradients]).toEqual([0, 0]);
    // Without gradient: m = 0.9 · 0.1 · g / 0.19, v = 0.99 · 0.01 · g² / 0.0199.
    optimizer.apply(weights, gradients, { ...STEP, weightDecay: 0 });
    const move = (0.1 * (0.09 / 0.19)) / Math.sqrt(0.0099 / 0.0199);
    expect(weights[0]).toBeCloseTo(0.85 - move, 7);
    expect(weights[1]).toBeCloseTo(-1.8 + move, 7);
  });

  test('clips to the norm, and reports the norm before', () => {
    const weights = new Float64Array(2);
    const parameters = { ...STEP, beta1: 0, beta2: 0, epsilon: 1e6, learningRate: 1e6 };
    const step = { ...parameters, maxGradNorm: 1 };
    const { gradNorm } = new ArrayAdamW(2).apply(weights, Float64Array.of(3, -4), step);
    expect(gradNorm).toBe(5);
    expect(Math.hypot(...weights)).toBeCloseTo(1, 5);
  });

  test('drops gradients that are not finite, and counts no step', () => {
    const weights = Float64Array.of(1, 2);
    const optimizer = new ArrayAdamW(2);
    const gradients = Float64Array.of(1, Number.NaN);
    expect(optimizer.apply(weights, gradients, STEP).applied).toBe(false);
    expect([...weights, ...gradients]).toEqual([1, 2, 0, 0]);
    expect(optimizer.moments.steps).toBe(0);
  });

  test('goes on from its moments, and not from those of another model', () => {
    const [one, other] = [Float64Array.of(1, 2), Float64Array.of(1, 2)];
    const first = new ArrayAdamW(2);
    first.apply(one, Float64Array.of(1, -1), STEP);
    other.set(one);
    const second = new ArrayAdamW(2);
    second.restore(first.moments);
    first.apply(one, Float64Array.of(-2, 1), STEP);
    second.apply(other, Float64Array.of(-2, 1), STEP);
    expect([...other]).toEqual([...one]);
    expect(() => new ArrayAdamW(3).restore(first.moments)).toThrow('moments of 2 weights');
  });
});
