import { expect, test } from '@jest/globals';
import { momentOf } from '../../src/bench-run/moments.ts';
import type { Moment } from '../../src/bench-run/moments.ts';
import { runTimes, UNNAMED } from '../../src/bench-run/shares.ts';
import { figuresText, ratesOf } from '../../src/bench-run/text.ts';
import type { RunFigures } from '../../src/bench-run/text.ts';

const at = (seconds: number, busy: number, type: Moment['type'], rest: Partial<Moment> = {}) => ({
  ...{ at: seconds, busy, type },
  ...rest,
});

/** Loading 2 s, a pass of 4 s, two steps of 3 and 1 s with a checkpoint between them, two passes after. */
const MOMENTS: readonly Moment[] = [
  at(0, 0, 'begin'),
  at(2, 0, 'run-start'),
  at(2, 0, 'pass', { pass: 'before, as-filmed', done: 0 }),
  at(5, 2, 'pass', { pass: 'before, as-filmed', done: 10 }),
  at(6, 3, 'pass'),
  at(6, 3, 'step-start'),
  at(9, 5, 'step-end', { seconds: { sample: 1.5, gradient: 0.5, 'data-read': 9, step: 2.5 } }),
  at(9.25, 5.25, 'checkpoint'),
  at(9.5, 5.25, 'step-start'),
  at(10.5, 6, 'step-end', { seconds: { sample: 1, step: 1 } }),
  at(10.5, 6, 'pass', { pass: 'after, as-filmed', done: 0 }),
  at(12.5, 8, 'pass', { pass: 'after, as-filmed', done: 10 }),
  at(12.5, 8, 'pass', { pass: 'after, blank', done: 0 }),
  at(14.5, 9, 'pass', { pass: 'after, blank', done: 10 }),
  at(15, 9, 'end'),
];

const FIGURES: RunFigures = {
  times: runTimes(MOMENTS),
  report: 0.5,
  whole: { steps: 20, questions: 100 },
  peaks: new Map([['training', 900]]),
  peak: 950,
};

test('every stretch of a run is counted once', () => {
  const { loading, training, phases, passes } = FIGURES.times;
  const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
  expect(loading + training + sum(passes.map(({ seconds }) => seconds))).toBeCloseTo(15);
  expect(sum(phases.values())).toBeCloseTo(training);
});

test('the phases of the steps, and what they do not name', () => {
  const { phases, steps, medianStep, trainingBusy } = FIGURES.times;
  expect(Object.fromEntries(phases)).toEqual({
    sample: 2.5,
    gradient: 0.5,
    [UNNAMED.rest]: 0.5,
    [UNNAMED.sinks]: 0.5,
    [UNNAMED.checkpoint]: 0.25,
    [UNNAMED.between]: 0.75,
  });
  expect([steps, medianStep, trainingBusy]).toEqual([2, 2, 3]);
});

test('passes of the evaluation begin where the one before ended', () => {
  expect(FIGURES.times.passes).toEqual([
    { pass: 'before, as-filmed', questions: 10, seconds: 4, busy: 3 },
    { pass: 'after, as-filmed', questions: 10, seconds: 2, busy: 2 },
    { pass: 'after, blank', questions: 10, seconds: 2, busy: 1 },
  ]);
});

test('rates with and without the evaluation, and of the config as it is written', () => {
  const { stepsAMinute, stepsAMinuteWithEvaluation, wholeSeconds } = ratesOf(FIGURES);
  expect(stepsAMinute).toBeCloseTo(120 / 5);
  expect(stepsAMinuteWithEvaluation).toBeCloseTo(120 / 13);
  expect(wholeSeconds).toBeCloseTo(2 + 5 * 10 + 8 * 10 + 0.5);
  expect(figuresText(FIGURES)).toContain('2 steps in 5.00 s: 24.0 steps a minute, 9.2 with');
});

test('events name moments; those of the text that is sampled do not', () => {
  const metrics = { 'reward/total': 1, 'seconds/sample': 2, 'seconds/step': 3 };
  expect(momentOf({ type: 'step-end', step: 1, totalSteps: 2, metrics })).toEqual({
    type: 'step-end',
    seconds: { sample: 2, step: 3 },
  });
  const during = { step: 25, phase: 'during', condition: 'blank', done: 3, total: 9 } as const;
  expect(momentOf({ type: 'evaluation-progress', ...during })).toEqual({
    ...{ type: 'pass', pass: 'after step 25, blank', done: 3 },
  });
  expect(
    momentOf({ type: 'chunk', step: 1, sampleId: 'a', completion: 0, text: '' }),
  ).toBeUndefined();
});
