import { describe, expect, test } from '@jest/globals';
import { chartsFor } from '../../src/plans.ts';
import { aligned, areSparse, lineOf, smoothed } from '../../page/curves/series.ts';
import { joined } from '../../page/data/metrics.ts';
import type { Figures } from '../../page/data/metrics.ts';
import { ago, duration, figure, signed } from '../../page/format.ts';

function figures(steps: readonly number[], columns: Figures['columns']): Figures {
  return { generation: 0, records: steps.length, steps, columns };
}

describe('lines of charts', () => {
  test('leave out steps without the figure, and take the last of several at one step', () => {
    const own = figures([0, 1, 2, 2], { a: [null, 1, 2, 3] });
    expect(lineOf(own, 'a', 'A')).toEqual({ label: 'A', steps: [1, 2], values: [1, 3] });
    expect(lineOf(own, 'b', 'B').values).toEqual([]);
  });

  test('are smoothed so that a constant stays, and noise goes', () => {
    const line = { label: '', steps: [1, 2, 3, 4], values: [2, 2, 2, 2] };
    for (const value of smoothed(line, 0.9).values) expect(value).toBeCloseTo(2, 12);
    const [first, second] = smoothed({ ...line, values: [0, 1, 0, 1] }, 0.5).values;
    expect(first).toBe(0);
    expect(second).toBeCloseTo(2 / 3, 12);
    expect(smoothed(line, 0)).toEqual(line);
  });

  test('of a few points, such as evaluations, are shown point by point', () => {
    const line = (count: number) => ({
      label: '',
      steps: Array.from({ length: count }, (_, step) => step),
      values: new Array<number>(count).fill(1),
    });
    expect(areSparse([line(2), line(11)])).toBe(true);
    expect(areSparse([line(2), line(180)])).toBe(false);
  });

  test('of runs with other steps stand on one axis', () => {
    const rows = aligned([
      { label: 'a', steps: [1, 3], values: [10, 30] },
      { label: 'b', steps: [2, 3], values: [5, 6] },
    ]);
    expect(rows).toEqual([
      [1, 2, 3],
      [10, null, 30],
      [null, 5, 6],
    ]);
  });
});

test('figures that come later are joined to those before, gaps and new ones included', () => {
  const all = joined(figures([1], { a: [1] }), figures([2, 3], { b: [2, 3] }));
  expect(all.steps).toEqual([1, 2, 3]);
  expect(all.columns).toEqual({ a: [1, null, null], b: [null, 2, 3] });
});

test('each figure stands in one chart, those of one kind together, the reward first', () => {
  const names = [
    'policy/kl',
    'weighted/map',
    'weighted/answer',
    'reward/total',
    'own/figure',
    'groups/failed',
  ];
  const charts = chartsFor(names, (name) => name === 'groups/failed');
  expect(charts.map(({ title, lines }) => [title, lines.map(({ label }) => label)])).toEqual([
    ['Reward', ['reward/total']],
    ['What each reward adds', ['answer', 'map']],
    ['KL to the start model', ['policy/kl']],
    ['own/figure', ['own/figure']],
  ]);
});

test('numbers and times are short', () => {
  expect([0, 1, 0.5, 0.12345, 12_345, 2e-7, null, NaN].map((value) => figure(value))).toEqual([
    '0',
    '1',
    '0.500',
    '0.123',
    '12,345',
    '2.0e-7',
    '–',
    '–',
  ]);
  expect([signed(0.5), signed(-0.5), signed(0), signed(null)]).toEqual([
    '+0.500',
    '−0.500',
    '0',
    '–',
  ]);
  expect([duration(3.14), duration(80), duration(600), duration(4000)]).toEqual([
    '3.1 s',
    '80 s',
    '10 min',
    '1 h 7 min',
  ]);
  expect([ago(0, 1000), ago(0, 60_000), ago(0, 90_000_000)]).toEqual([
    'just now',
    '60 s ago',
    '1970-01-01',
  ]);
});
