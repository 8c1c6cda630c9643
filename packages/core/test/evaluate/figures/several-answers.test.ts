import { describe, expect, test } from '@jest/globals';
import { estimatorsOf, majority, passAtK } from '../../../src/evaluate/figures/several-answers.ts';
import { compareAnswers } from '../../../src/evaluate/figures/comparison.ts';
import { collapseItems, judge, meanVerdict } from '../../../src/evaluate/figures/verdicts.ts';
import type { PredictedItem } from '../../../src/evaluate/figures/verdicts.ts';
import type { Verdict } from '../../../src/spec/index.ts';
import { fakeScorer } from '../../../src/testing/index.ts';

const verdict = (score: number, normalised?: string): Verdict => ({
  ...{ score, answered: normalised !== undefined, counted: true },
  ...(normalised !== undefined && { normalised }),
});

/** All ways to take `k` of `values`. */
function drawsOf(values: readonly number[], k: number): readonly (readonly number[])[] {
  if (k === 0) return [[]];
  return values.flatMap((value, index) =>
    drawsOf(values.slice(index + 1), k - 1).map((rest) => [value, ...rest]),
  );
}

describe('pass@k', () => {
  test('of right and wrong answers is 1 − C(n − c, k) / C(n, k)', () => {
    // Of 5 answers 2 are right: no right one among 2 drawn in C(3, 2) / C(5, 2) = 3 / 10 of the draws, among 3 in 1 / 10, among 4 never.
    const answers = [0, 1, 0, 0, 1];
    expect(passAtK(answers, 1)).toBeCloseTo(2 / 5, 12);
    expect(passAtK(answers, 2)).toBeCloseTo(7 / 10, 12);
    expect(passAtK(answers, 3)).toBeCloseTo(9 / 10, 12);
    expect(passAtK(answers, 4)).toBeCloseTo(1, 12);
    expect(passAtK([0, 0, 0], 2)).toBe(0);
  });

  test('of graded scores is the mean of the best over all draws', () => {
    const answers = [0.1, 0.9, 0.4, 0.4, 0.7, 0];
    for (const k of [1, 2, 3, 5, 6]) {
      const draws = drawsOf(answers, k).map((draw) => Math.max(...draw));
      const mean = draws.reduce((sum, best) => sum + best, 0) / draws.length;
      expect(passAtK(answers, k)).toBeCloseTo(mean, 12);
    }
  });

  test('of fewer answers than k is the best of them', () => {
    expect(passAtK([0.2, 0.5], 4)).toBe(0.5);
    expect(passAtK([], 4)).toBe(0);
  });
});

describe('the majority', () => {
  test('is the answer of most, whatever it scores', () => {
    const wrong = [verdict(0, 'B'), verdict(1, 'A'), verdict(0, 'B')];
    expect(majority(wrong)).toMatchObject({ score: 0, normalised: 'B', answered: true });
    expect(majority([...wrong, verdict(1, 'A'), verdict(1, 'A')]).score).toBe(1);
  });

  test('shares the score of answers with equally many votes', () => {
    expect(majority([verdict(0, 'B'), verdict(1, 'A')]).score).toBe(0.5);
  });

  test('has no votes of texts without an answer', () => {
    const silent = [verdict(0), verdict(0), verdict(1, 'A')];
    expect(majority(silent)).toMatchObject({ score: 1, normalised: 'A' });
    expect(majority([verdict(0), verdict(0)])).toMatchObject({ score: 0, answered: false });
  });
});

test('the estimators of so many answers are powers of two, all, and the majority', () => {
  const names = (samples: number) => estimatorsOf(samples).map(({ name }) => name);
  expect(names(1)).toEqual([]);
  expect(names(4)).toEqual(['pass@1', 'pass@2', 'pass@4', 'majority@4']);
  expect(names(5)).toEqual(['pass@1', 'pass@2', 'pass@4', 'pass@5', 'majority@5']);
});

const scorer = fakeScorer(({ answer }, output) => ({
  score: output === answer ? 1 : 0,
  normalised: output,
}));

/** Items with three answers each, all right up to `right` and the last wrong from there. */
function answersOf(right: number): readonly PredictedItem[] {
  return Array.from({ length: 40 }, (_, index) => ({
    ...{ id: `q${index}`, task: 't', groups: {}, question: '?', options: [], answer: 'A' },
  })).flatMap((item, index) =>
    [0, 1, 2].map((sample) => ({
      item,
      ...(sample > 0 && { sample }),
      prediction: {
        status: 'answered',
        output: sample === 2 && index >= right ? 'B' : 'A',
      } as const,
    })),
  );
}

test('an item counts once, with the mean of its answers', () => {
  const rows = collapseItems(judge(scorer, answersOf(10)), meanVerdict);
  expect(rows).toHaveLength(40);
  expect(rows[0]!.verdict.score).toBe(1);
  expect(rows[39]!.verdict.score).toBeCloseTo(2 / 3, 12);
});

test('two evaluations with as many answers are compared by every estimator, paired by item', () => {
  const { headline, estimates } = compareAnswers(scorer, answersOf(0), answersOf(20), 1);
  expect(headline.change).toBeCloseTo(1 / 6, 12);
  expect(headline.counts).toEqual([40, 40]);
  expect(headline.low).toBeGreaterThan(0.08);
  expect(estimates!['pass@1']!.change).toBeCloseTo(1 / 6, 12);
  // Two of the three are right anyway: any two drawn hold a right one, and it is the majority.
  expect(estimates!['pass@2']!.change).toBeCloseTo(0, 12);
  expect(estimates!['majority@3']).toMatchObject({ first: 1, second: 1, change: 0 });
  const single = answersOf(0).filter(({ sample }) => sample === undefined);
  expect(compareAnswers(scorer, single, answersOf(20), 1).estimates).toBeUndefined();
});
