import { expect, test } from '@jest/globals';
import { sweepLines, sweepTable, sweptStep } from '../../src/bench/sweep.ts';

const point = (value: number, step: number) => ({
  ...{ value, step, generation: step / 2, reference: 0.01, gradient: 0.02, update: 0.003 },
});

test('one size is swept, the others stay', () => {
  expect(sweptStep('generations', 16, false)).toEqual({
    prompt: { video: false },
    plan: { generations: 16 },
  });
  expect(sweptStep('prompt', 512, true).prompt).toEqual({ video: true, tokens: 512 });
  expect(sweptStep('completion', 32, false).plan).toEqual({ newTokens: 32 });
  expect(sweptStep('frames', 4, false).prompt).toEqual({ video: true, frames: 4 });
});

test('the last column is what one more costs', () => {
  const table = sweepTable('G', [point(1, 0.1), point(5, 0.3)]).split('\n');
  expect(table[2]).toBe('| 1 | 100.0 | 50.0 | 10.0 | 20.0 | 3.0 | – |');
  expect(table[3]).toMatch(/\| 50\.00 \|$/);
});

test('every phase is a line of the plot, in milliseconds', () => {
  const [step] = sweepLines([point(1, 0.1), point(5, 0.3)]);
  expect(step).toEqual({
    name: 'step',
    points: [
      [1, 100],
      [5, 300],
    ],
  });
});
