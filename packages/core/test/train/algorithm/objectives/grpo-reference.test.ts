import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  completionLength,
  policyGradient,
} from '../../../../src/train/algorithm/objectives/grpo-reference.ts';
import type {
  PolicyGradientLoss,
  TokenSequence,
} from '../../../../src/train/algorithm/objectives/grpo-reference.ts';
import { tokenWeights } from '../../../../src/train/algorithm/objectives/normalisation.ts';

const LOSS: PolicyGradientLoss = {
  kind: 'policy-gradient',
  clipLow: 0.2,
  clipHigh: 0.3,
  klWeight: 0.04,
  klClamp: 10,
};

const one = (sequence: Partial<TokenSequence>, loss = LOSS) =>
  policyGradient([{ logProbs: [-1], weights: [1], advantages: [2], ...sequence }], loss);

describe('the policy gradient', () => {
  test('on-policy is −A in value and gradient', () => {
    const result = one({});
    expect(result.loss).toBe(-2);
    expect([...result.gradients[0]!]).toEqual([-2]);
    expect(result.clipFraction).toBe(0);
  });

  test('the KL term is k3 of the held gap, and passes its gradient at the bound but not beyond', () => {
    const kl = Math.exp(0.5) - 0.5 - 1;
    const near = one({ referenceLogProbs: [-0.5] });
    expect(near.meanKl).toBeCloseTo(kl, 12);
    expect(near.loss).toBeCloseTo(-2 + 0.04 * kl, 12);
    expect(near.gradients[0]![0]).toBeCloseTo(-2 + 0.04 * (1 - Math.exp(0.5)), 12);
    expect(one({ referenceLogProbs: [9] }).gradients[0]![0]).toBeCloseTo(
      -2 + 0.04 * (1 - Math.exp(10)),
      6,
    );
    expect(one({ referenceLogProbs: [9.5] }).gradients[0]![0]).toBe(-2);
    expect(one({ referenceLogProbs: [9.5] }).kl[0]![0]).toBeCloseTo(Math.exp(10) - 11, 6);
  });

  test.each([
    [0.5, 2, -2 * 1.3, 0, 1],
    [0.2, 2, -2 * Math.exp(0.2), -2 * Math.exp(0.2), 0],
    [-0.5, 2, -2 * Math.exp(-0.5), -2 * Math.exp(-0.5), 0],
    [-0.5, -2, 2 * 0.8, 0, 1],
    [0.5, -2, 2 * Math.exp(0.5), 2 * Math.exp(0.5), 0],
  ])('a log-ratio of %d with advantage %d', (ratio, advantage, value, gradient, clipped) => {
    const result = one({ advantages: [advantage], oldLogProbs: [-1 - ratio] });
    expect(result.loss).toBeCloseTo(value, 12);
    expect(result.gradients[0]![0]).toBeCloseTo(gradient, 12);
    expect(result.clipFraction).toBe(clipped);
  });

  test('tokens of weight 0 are outside the mask', () => {
    const result = policyGradient(
      [{ logProbs: [-1, -1], weights: [0.5, 0], advantages: [2, 2], referenceLogProbs: [-1, 5] }],
      LOSS,
    );
    expect(result.loss).toBe(-1);
    expect(result.meanKl).toBe(0);
    expect([...result.gradients[0]!].map((value) => value + 0)).toEqual([-1, 0]);
  });

  test('NaN comes through', () => {
    expect(one({ advantages: [NaN] }).loss).toBeNaN();
    expect(one({ advantages: [NaN] }).gradients[0]![0]).toBeNaN();
  });

  test('the gradient is that of finite differences', () => {
    const value = fc.double({ min: -3, max: 3, noNaN: true });
    const token = fc.record({ logProb: value, old: value, reference: value, advantage: value });
    fc.assert(
      fc.property(fc.array(token, { minLength: 1, maxLength: 6 }), (tokens) => {
        const sequence = {
          logProbs: tokens.map(({ logProb }) => logProb),
          weights: tokens.map((_, index) => 1 / (index + 2)),
          advantages: tokens.map(({ advantage }) => advantage),
          oldLogProbs: tokens.map(({ old }) => old),
          referenceLogProbs: tokens.map(({ reference }) => reference),
        };
        const at = (index: number, step: number) =>
          policyGradient(
            [
              {
                ...sequence,
                logProbs: sequence.logProbs.map((p, i) => (i === index ? p + step : p)),
              },
            ],
            LOSS,
          ).loss;
        const [gradient] = policyGradient([sequence], LOSS).gradients;
        tokens.forEach(({ logProb, old }, index) => {
          const ratio = Math.exp(logProb - old);
          const atKink = Math.min(Math.abs(ratio - 0.8), Math.abs(ratio - 1.3)) < 1e-3;
          if (atKink) return;
          const numeric = (at(index, 1e-5) - at(index, -1e-5)) / 2e-5;
          expect(Math.abs(gradient![index]! - numeric)).toBeLessThan(
            1e-4 * (1 + Math.abs(numeric)),
          );
        });
      }),
    );
  });
});

test('a completion ends with its first stop token', () => {
  expect(completionLength([5, 9, 9], [9])).toBe(2);
  expect(completionLength([5, 7, 9], [7, 9])).toBe(2);
  expect(completionLength([5, 6], [9])).toBe(2);
});

test('weights make one mean of all tokens, whatever the rule', () => {
  expect(tokenWeights([2, 4], { kind: 'sequence' })).toEqual([1 / 4, 1 / 8]);
  expect(tokenWeights([2, 4], { kind: 'token' })).toEqual([1 / 6, 1 / 6]);
  expect(tokenWeights([2, 4], { kind: 'constant', tokens: 10 })).toEqual([1 / 20, 1 / 20]);
  expect(tokenWeights([0, 4], { kind: 'sequence' })).toEqual([0, 1 / 8]);
  expect(tokenWeights([0], { kind: 'token' })).toEqual([0]);
});
