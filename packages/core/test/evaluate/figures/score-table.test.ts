import { expect, test } from '@jest/globals';
import { compareAnswers } from '../../../src/evaluate/figures/comparison.ts';
import { scoreTable } from '../../../src/evaluate/figures/score-table.ts';
import { judge } from '../../../src/evaluate/figures/verdicts.ts';
import type { PredictedItem } from '../../../src/evaluate/figures/verdicts.ts';
import { randomStream } from '../../../src/random/seed.ts';
import { average } from '../../../src/evaluate/figures/bootstrap.ts';
import type { ScoredRow, Scorer } from '../../../src/spec/index.ts';

const mean = (rows: readonly ScoredRow[]) => ({
  value: average(rows.map(({ verdict }) => verdict.score)),
  count: rows.length,
});

/** Answers by equality; the headline is a macro mean over two tasks. */
const macro: Scorer = {
  name: 'macro',
  description: '',
  score: ({ answer }, prediction) => ({
    score: prediction.status === 'answered' && prediction.output === answer ? 1 : 0,
    answered: prediction.status === 'answered',
    counted: true,
    ...(prediction.status === 'answered' && { normalised: prediction.output }),
  }),
  aggregate(rows) {
    const tasks = ['large', 'small'].map((task) => rows.filter(({ item }) => item.task === task));
    const [large, small] = tasks.map(mean) as [ReturnType<typeof mean>, ReturnType<typeof mean>];
    return {
      headline: { value: (large.value + small.value) / 2, count: rows.length },
      sections: { task: { large, small } },
    };
  },
};

function predictions(outputs: (index: number) => string): readonly PredictedItem[] {
  return Array.from({ length: 120 }, (_, index) => ({
    item: {
      id: `q${index}`,
      task: index < 100 ? 'large' : 'small',
      groups: {},
      question: `question ${index}`,
      options: [],
      answer: 'A',
    },
    prediction: { status: 'answered', output: outputs(index) },
  }));
}

test('intervals are those of the headline as the scorer makes it, and of every section', () => {
  const random = randomStream(1);
  const rows = judge(
    macro,
    predictions(() => (random() < 0.5 ? 'A' : 'B')),
  );
  const { headline, sections } = scoreTable(macro, rows, 3);
  const { large, small } = sections['task']!;
  // A mean of 100 coins has a deviation of 0.05, one of 20 has 0.11, and half of both together 0.06.
  expect(large!.high - large!.low).toBeGreaterThan(0.17);
  expect(large!.high - large!.low).toBeLessThan(0.22);
  expect(small!.high - small!.low).toBeGreaterThan(0.35);
  expect(headline.high - headline.low).toBeGreaterThan(0.2);
  expect(headline.high - headline.low).toBeLessThan(0.29);
  expect(headline.low).toBeLessThan(headline.value);
  expect(scoreTable(macro, rows, 3)).toEqual(scoreTable(macro, rows, 3));
});

test('pairs: the interval of the difference is narrower than those of the two, and flipped items are named', () => {
  const random = randomStream(2);
  const coins = Array.from({ length: 120 }, () => random() < 0.5);
  const first = predictions((index) => (coins[index] ? 'A' : 'B'));
  const second = predictions((index) => (coins[index] || index % 20 === 0 ? 'A' : 'B'));
  const { headline, sections, flipped } = compareAnswers(macro, first, second, 1);
  expect(headline.change).toBeCloseTo(headline.second - headline.first);
  expect(headline.low).toBeGreaterThanOrEqual(0);
  expect(headline.high - headline.low).toBeLessThan(0.15);
  expect(sections['task']!['large']!.counts).toEqual([100, 100]);
  const gained = coins.flatMap((coin, index) => (!coin && index % 20 === 0 ? [`q${index}`] : []));
  expect(flipped.map(({ id }) => id)).toEqual(gained);
  expect(flipped[0]).toMatchObject({
    first: { score: 0, answer: 'B' },
    second: { score: 1, answer: 'A' },
  });
});

test('items that one side lacks are left out; without any in common there is nothing to compare', () => {
  const all = predictions(() => 'A');
  expect(compareAnswers(macro, all, all.slice(50), 1).headline.counts).toEqual([70, 70]);
  expect(() => compareAnswers(macro, all.slice(0, 9), all.slice(9), 1)).toThrow(/share no item/);
});

test('scorers that judge alike have the same intervals, whatever they are called', () => {
  const random = randomStream(4);
  const rows = judge(
    macro,
    predictions(() => (random() < 0.5 ? 'A' : 'B')),
  );
  const one = scoreTable(macro, rows, 3);
  const other = scoreTable({ ...macro, name: 'another' }, rows, 3);
  expect(other.headline).toEqual(one.headline);
  expect(other.sections).toEqual(one.sections);
});

test('a scorer that leaves items out says how many of each side it compares', () => {
  const all = predictions(() => 'A');
  const picky: Scorer = {
    ...macro,
    score: (item, prediction) => ({
      ...macro.score(item, prediction),
      counted: prediction.status === 'answered',
    }),
    aggregate: (rows) => {
      const counted = rows.filter(({ verdict }) => verdict.counted);
      return { headline: { value: 1, count: counted.length }, sections: {} };
    },
  };
  const some = all.map((row, index): PredictedItem =>
    index < 20 ? { ...row, prediction: { status: 'not-asked', reason: 'gone' } } : row,
  );
  expect(compareAnswers(picky, all, some, 1).headline.counts).toEqual([120, 100]);
});
