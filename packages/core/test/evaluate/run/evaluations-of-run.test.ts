import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { itemsBefore, readEvaluationsOfRun } from '../../../src/evaluate/run/evaluations-of-run.ts';
import { readEvaluation } from '../../../src/evaluate/store/evaluation-store.ts';
import { fakeBenchmark } from '../../../src/testing/index.ts';
import { temporaryFolder, trainToy } from '../../toy-run.ts';

const interval = (mean: number) => ({ mean, low: null, high: null, count: 1 });

/** What the first version wrote of one question that scores so much. */
const firstVersion = (score: number) => ({
  ...{ benchmark: 'fake', seed: 7, refused: [{ sampleId: 'long', reason: 'too long' }] },
  overall: { accuracy: interval(score), measures: { map: interval(score / 2) } },
  kinds: { near: { accuracy: interval(score), measures: {} } },
  rows: [
    {
      item: { id: 'q', task: 'near', groups: {}, question: '?', options: [], answer: 'A' },
      completion: 'A',
      verdict: { score, answered: true, counted: true, measures: { map: score / 2 } },
    },
  ],
  constant: { accuracy: 0.5, kinds: { near: { answer: 'A', accuracy: 0.5 } } },
  controls: { blank: { overall: { accuracy: interval(0), measures: {} }, kinds: {} } },
});

/** A run folder of the first version. */
function firstRun(): string {
  const run = mkdtempSync(join(tmpdir(), 'loci-run-'));
  mkdirSync(join(run, 'evaluations'));
  for (const [name, score] of [
    ['before', 0.25],
    ['after', 1],
  ] as const) {
    const text = JSON.stringify(firstVersion(score));
    writeFileSync(join(run, `evaluations/${name}.json`), text);
  }
  return run;
}

test('files of the first version are read, with their comparison', () => {
  const { before, after, comparison } = readEvaluationsOfRun(firstRun());
  expect(before!.conditions['as-filmed']!.means).toEqual({
    overall: {
      score: { value: 0.25, low: NaN, high: NaN, count: 1 },
      measures: { map: { value: 0.125, low: NaN, high: NaN, count: 1 } },
    },
    tasks: { near: { score: { value: 0.25, low: NaN, high: NaN, count: 1 }, measures: {} } },
  });
  expect(after!.constant).toEqual({ score: 0.5, tasks: { near: { answer: 'A', score: 0.5 } } });
  expect(after!.notAsked).toEqual([{ condition: 'as-filmed', id: 'long', reason: 'too long' }]);
  expect(Object.keys(after!.conditions)).toEqual(['as-filmed', 'blank']);
  expect(comparison).toMatchObject({ score: { value: 0.75 }, measures: { map: { value: 0.375 } } });
  expect(
    itemsBefore(
      firstRun(),
      fakeBenchmark(() => ({ score: 1 })),
    ),
  ).toHaveLength(1);
});

test('they cannot be scored again, and the error says what can be done', () => {
  const folder = join(firstRun(), 'evaluations/before/');
  expect(() => readEvaluation(folder)).toThrow(/before\.json is of version 1.*--policy RUN/);
});

test('a damaged file is named', () => {
  const run = firstRun();
  writeFileSync(join(run, 'evaluations/after.json'), '{');
  expect(() => readEvaluationsOfRun(run)).toThrow(/after\.json is damaged/);
});

test('a run keeps answers, report and comparison of both ends', async () => {
  const run = temporaryFolder();
  const { events } = await trainToy(run, ['steps=2', 'evaluate.questions=4']);
  const { before, after, comparison } = readEvaluationsOfRun(run);
  const reported = events.filter((event) => event.type === 'evaluation');
  expect([before, after].map((report) => report!.items)).toEqual([4, 4]);
  expect(JSON.stringify(comparison)).toBe(JSON.stringify(reported[1]!.comparison));
  const { record, rows } = readEvaluation(join(run, 'evaluations/after'));
  expect(record).toMatchObject({ version: 2, step: 2, samples: 1 });
  expect(rows.size).toBe(4);
});
