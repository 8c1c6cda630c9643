import { describe, expect, test } from '@jest/globals';
import {
  maskedLength,
  tokenWeights,
} from '../../../../src/train/algorithm/objectives/parts/aggregation.ts';
import {
  correctionWeights,
  effectiveShare,
} from '../../../../src/train/algorithm/objectives/parts/correction.ts';
import { klTerm } from '../../../../src/train/algorithm/objectives/parts/kl.ts';
import { staysOnPolicy } from '../../../../src/train/algorithm/objectives/parts/off-policy-mask.ts';
import { importanceRatio } from '../../../../src/train/algorithm/objectives/parts/ratio.ts';
import { clippedSurrogate } from '../../../../src/train/algorithm/objectives/parts/surrogate.ts';

test('weights make one number of all tokens, whatever the aggregation', () => {
  expect(tokenWeights([2, 4], { kind: 'completion' })).toEqual([1 / 4, 1 / 8]);
  expect(tokenWeights([2, 4], { kind: 'token' })).toEqual([1 / 6, 1 / 6]);
  expect(tokenWeights([2, 4], { kind: 'constant', tokens: 10 })).toEqual([1 / 20, 1 / 20]);
  expect(tokenWeights([2, 4], { kind: 'completion-sum' })).toEqual([1 / 2, 1 / 2]);
  expect(tokenWeights([0, 4], { kind: 'completion' })).toEqual([0, 1 / 8]);
  expect(tokenWeights([0], { kind: 'token' })).toEqual([0]);
  expect(maskedLength([1, 0, 1])).toBe(2);
});

describe('the ratio', () => {
  // Log-ratios 0.2 and 0.4, and 9 outside the mask: the mean of the two is 0.3.
  const at = (level: 'token' | 'sequence' | 'sequence-token') =>
    importanceRatio([-1, -1, -1], [-1.2, -1.4, -10], [1, 1, 0], level);

  test('is of each token', () => {
    expect(at('token').values[0]).toBeCloseTo(1.221403, 6);
    expect(at('token').values[1]).toBeCloseTo(1.491825, 6);
    expect([...at('token').backward(Float64Array.of(1, 2, 0))]).toEqual([1, 2, 0]);
  });

  test('or the geometric mean of the completion, through all of its tokens', () => {
    expect(at('sequence').values[0]).toBeCloseTo(1.349859, 6);
    expect(at('sequence').values[1]).toBeCloseTo(1.349859, 6);
    expect([...at('sequence').backward(Float64Array.of(1, 2, 0))]).toEqual([1.5, 1.5, 0]);
    expect([...at('sequence-token').backward(Float64Array.of(1, 2, 0))]).toEqual([1, 2, 0]);
  });
});

describe('the correction of the sampler', () => {
  // Gaps of 0.1 and −0.7, and 5 outside the mask: weights 1.105171, 0.496585; together exp(−0.6) = 0.548812.
  const weights = (mode: 'token' | 'sequence', how: 'truncate' | 'mask', bounds: object) => [
    ...correctionWeights([-1, -1.7, -1], [-1.1, -1, -6], [1, 1, 0], {
      mode: `${mode}-${how}`,
      ...bounds,
    }),
  ];

  test.each([
    ['token', 'truncate', {}, [1.105171, 0.496585, 1]],
    ['token', 'truncate', { min: 0.6, max: 1.05 }, [1.05, 0.6, 1]],
    ['token', 'mask', { min: 0.6, max: 1.05 }, [0, 0, 1]],
    ['token', 'mask', { min: 0.4, max: 1.05 }, [0, 0.496585, 1]],
    ['sequence', 'truncate', { min: 0.6 }, [0.6, 0.6, 0.6]],
    ['sequence', 'mask', { max: 2 }, [0.548812, 0.548812, 0.548812]],
    ['sequence', 'mask', { min: 0.6 }, [0, 0, 0]],
  ] as const)('%s-%s %j', (mode, how, bounds, expected) => {
    for (const [index, weight] of weights(mode, how, bounds).entries()) {
      expect(weight).toBeCloseTo(expected[index]!, 6);
    }
  });

  test('leaves a share of the sample effective', () => {
    expect(effectiveShare([2, 2, 2])).toBe(1);
    expect(effectiveShare([1, 0, 0, 0])).toBe(0.25);
    expect(effectiveShare([3, 1])).toBe(16 / 20);
    expect(effectiveShare([0, 0])).toBe(0);
  });
});

test.each([
  ['k1', 0.5, -0.5, 1],
  ['k2', 0.5, 0.125, -0.5],
  ['k3', 0.5, 0.148721, -0.648721],
  ['k1', 3, -1, 0],
  ['k2', -3, 0.5, 0],
  ['k3', 3, 0.718282, 0],
  ['k3', 1, 0.718282, -1.718282],
] as const)('%s of a gap of %d, held within ±1', (estimator, gap, value, derivative) => {
  const found = klTerm(estimator, gap, 1);
  expect(found.value).toBeCloseTo(value, 6);
  expect(found.derivative).toBeCloseTo(derivative, 6);
});

test.each([
  // The policy has left the completion by (0.3 + 0.1) / 2 = 0.2 a token; what is outside the mask does not count.
  [-1, 0.3, true],
  [-1, 0.1, false],
  [1, 0.1, true],
  [0, 0.1, true],
  [-1, 0.2000001, true],
])('off-policy masking: advantage %d, threshold %d', (advantage, threshold, stays) => {
  expect(staysOnPolicy([-1, -1, 0], [-1.3, -1.1, -9], [1, 1, 0], advantage, threshold)).toBe(stays);
});

test.each([
  // ρ, A → value, ∂/∂log ρ. Bounds 0.8 and 1.3.
  [1.5, 2, -2.6, 0, undefined],
  [1.25, 2, -2.5, -2.5, undefined],
  [0.5, 2, -1, -1, undefined],
  [0.5, -2, 1.6, 0, undefined],
  [1.5, -2, 3, 3, undefined],
  [5, -2, 10, 10, undefined],
  [5, -2, 6, 0, 3],
  [2.5, -2, 5, 5, 3],
  [5, 2, -2.6, 0, 3],
] as const)(
  'the clipped surrogate: ratio %d, advantage %d',
  (rho, advantage, value, slope, delta) => {
    const bounds = { clipLow: 0.2, clipHigh: 0.3, delta };
    const ratio = { values: Float64Array.of(rho), backward: (by: Float64Array) => by };
    const input = { logProbs: [0], old: [0], mask: [1], ratio, advantage, advantages: [advantage] };
    const term = clippedSurrogate(bounds)(input)(0);
    expect(term.value).toBeCloseTo(value, 12);
    expect(term.byLogRatio).toBeCloseTo(slope, 12);
    expect(term.clipped).toBe(slope === 0);
  },
);
