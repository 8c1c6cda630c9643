import { expect, test } from '@jest/globals';
import { comparisonText, ratioOf } from '../../../src/bench/peers/comparison.ts';
import type { Turn } from '../../../src/bench/peers/comparison.ts';

const turn = (number: number, trainer: string, step: number): Turn => ({
  ...{ shape: 'small, text', turn: number, trainer },
  times: { step, generation: step / 2 },
});

/** In the third turn the machine is ten times as slow for both. */
const TURNS = [
  ...[turn(1, 'Loci', 0.2), turn(1, 'TRL', 0.6)],
  ...[turn(2, 'Loci', 0.2), turn(2, 'TRL', 0.5)],
  ...[turn(3, 'Loci', 2), turn(3, 'TRL', 8)],
];

test('a ratio is taken within each turn', () => {
  const { median, least, most } = ratioOf(TURNS, 'small, text', 'TRL')!;
  expect([median, least, most].map((value) => Number(value.toFixed(6)))).toEqual([3, 2.5, 4]);
});

test('a turn that one of them has not finished counts for none', () => {
  const turns = [...TURNS.slice(0, 2), turn(2, 'Loci', 1)];
  expect(ratioOf(turns, 'small, text', 'TRL')!.median).toBeCloseTo(3);
  expect(ratioOf(turns, 'small, text', 'loop')).toBeUndefined();
  expect(ratioOf(turns, 'large, text', 'TRL')).toBeUndefined();
});

test('the table has medians, ratios and a line for what is missing', () => {
  const missing = [{ shape: 'small, text', trainer: 'loop', reason: 'python3 has no trl' }];
  const lines = comparisonText(TURNS, missing).split('\n');
  expect(lines.slice(2)).toEqual([
    '| small, text | Loci | 0.200 | 0.100 | – | – |  |  |',
    '| small, text | TRL | 0.600 | 0.300 | – | – | 3.00 | 2.50–4.00 |',
    '',
    'loop (small, text) was not timed: python3 has no trl',
  ]);
});
