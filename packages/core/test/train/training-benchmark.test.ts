import { existsSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { toArray, lastValueFrom } from 'rxjs';
import { toyRun } from '../toy-run.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'loci-run-'));
const BENCHMARKS = ['evaluate.every=2', 'evaluate.benchmarks=[{use: toy, items: 3}, toy]'];

const figures = (run: string): readonly Readonly<Record<string, number>>[] =>
  readFileSync(join(run, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, number>>);

test('benchmarks are asked before, during and after, kept by step, and logged', async () => {
  const directory = folder();
  const { run } = await toyRun(directory, BENCHMARKS);
  const trainer = await run.trainer();
  const events = lastValueFrom(trainer.events$.pipe(toArray()));
  await trainer.run();
  await run.dispose();
  const asked = (await events).filter((event) => event.type === 'benchmark');
  expect(asked.map(({ name, step }) => `${name} ${step}`)).toEqual(
    [0, 2, 4, 6].flatMap((step) => [`fake ${step}`, `fake-2 ${step}`]),
  );
  expect(asked[0]?.report.items).toBe(3);
  expect(readdirSync(join(directory, 'evaluations/fake'))).toEqual([
    'step-000000',
    'step-000002',
    'step-000004',
    'step-000006',
  ]);
  const logged = figures(directory).flatMap((line) =>
    Object.entries(line).filter(([name]) => name.startsWith('benchmark/fake/')),
  );
  expect(logged).toHaveLength(4);
  // The planted task is learned, so the benchmark rises.
  expect(logged.at(-1)![1]).toBeGreaterThan(logged[0]![1]);
});

test('a resumed run asks anew what lies beyond its checkpoint', async () => {
  const whole = folder();
  const first = await toyRun(whole, BENCHMARKS);
  await (await first.run.trainer()).run();
  await first.run.dispose();

  const cut = folder();
  const half = await toyRun(cut, [...BENCHMARKS, 'steps=4']);
  await (await half.run.trainer()).run();
  await half.run.dispose();
  const resumed = await toyRun(cut, BENCHMARKS);
  await (await resumed.run.trainer({ resume: true })).run();
  await resumed.run.dispose();
  for (const step of ['step-000002', 'step-000006']) {
    const path = join('evaluations/fake', step, 'report.json');
    expect(readFileSync(join(cut, path), 'utf8')).toBe(readFileSync(join(whole, path), 'utf8'));
  }
  expect(existsSync(join(cut, 'evaluations/fake-2/step-000006/predictions.jsonl'))).toBe(true);
});

test('options that the benchmark does not know are named with their place', async () => {
  await expect(toyRun(folder(), ['evaluate.benchmarks=[{use: toy, speed: 3}]'])).rejects.toThrow(
    /evaluate\.benchmarks\.0\.speed/,
  );
});
