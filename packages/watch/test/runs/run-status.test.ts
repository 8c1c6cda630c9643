import { cpSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { FolderLock } from '@loci/core';
import { findRuns } from '../../src/runs/find-runs.ts';
import { configDifferences } from '../../src/runs/run-config.ts';
import { WatchedRun } from '../../src/runs/watched-run.ts';
import type { RunSummary } from '../../src/wire/wire.ts';
import {
  newRun,
  prediction,
  temporaryFolder,
  writeEvaluation,
  writeFigures,
  writeStep,
} from '../run-folder.ts';

async function summaryOf(folder: string): Promise<RunSummary> {
  const run = new WatchedRun(findRuns([folder])[0]!);
  await run.refresh();
  await run.index();
  return run.summary();
}

describe('the status of a run', () => {
  test('is running, with phase and memory, while a process holds its folder', async () => {
    const folder = newRun(temporaryFolder(), 'run');
    const lock = FolderLock.take(folder);
    expect(await summaryOf(folder)).toMatchObject({
      status: 'running',
      phase: 'starting',
      step: 0,
    });
    writeStep(folder, 1);
    const running = await summaryOf(folder);
    expect(running).toMatchObject({
      status: 'running',
      phase: 'sampling step 2',
      step: 1,
      steps: 4,
    });
    expect(running.memory).toBeGreaterThan(10e6);
    writeStep(folder, 2);
    rmSync(join(folder, 'metrics.jsonl'));
    writeFigures(folder, 1);
    expect((await summaryOf(folder)).phase).toBe('updating in step 2');
    writeEvaluation(join(folder, 'evaluations', 'step-000001'), []);
    writeFileSync(join(folder, 'evaluations', 'step-000001', '.unfinished'), '');
    expect((await summaryOf(folder)).phase).toBe('evaluating after step 1');
    lock.release();
    expect((await summaryOf(folder)).status).toBe('stopped');
  });

  test('is finished after the last step, and killed where the lock of a dead process is left', async () => {
    const folder = newRun(temporaryFolder(), 'run');
    for (const step of [1, 2, 3, 4]) writeStep(folder, step);
    expect((await summaryOf(folder)).status).toBe('finished');
    const dead = { process: 2 ** 22 - 1, host: 'elsewhere', since: '', path: folder, inode: '1' };
    writeFileSync(join(folder, '.writer-0123abcd'), JSON.stringify(dead));
    const past = new Date(Date.now() - 3_600_000);
    utimesSync(join(folder, '.writer-0123abcd'), past, past);
    expect((await summaryOf(folder)).status).toBe('killed');
  });

  test('survives a copy of a folder that is being written', async () => {
    const root = temporaryFolder();
    const folder = newRun(root, 'run');
    writeStep(folder, 1);
    const lock = FolderLock.take(folder);
    const copy = join(root, 'copy');
    cpSync(folder, copy, { recursive: true });
    expect((await summaryOf(copy)).status).toBe('killed');
    expect((await summaryOf(folder)).status).toBe('running');
    lock.release();
  });
});

test('a folder that goes away while it is watched is a problem to show, and ends nothing', async () => {
  const folder = newRun(temporaryFolder(), 'run');
  writeStep(folder, 1);
  const run = new WatchedRun(findRuns([folder])[0]!);
  await run.refresh();
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'a file in its place');
  await run.refresh();
  await run.index();
  expect(run.summary()).toMatchObject({ name: 'run', problem: expect.stringContaining('ENOTDIR') });
});

test('runs are found below a folder, training and evaluation, each once', () => {
  const root = temporaryFolder();
  const run = newRun(root, '2026-11-29-1');
  writeEvaluation(join(root, 'vsi-bench', '2026-11-29-1'), [prediction('a', 1, '3')]);
  writeEvaluation(join(run, 'evaluations', 'before'), []);
  const found = findRuns([root, run, join(root, 'nowhere')]);
  expect(found.map(({ name, kind }) => [name, kind])).toEqual([
    ['2026-11-29-1', 'training'],
    ['vsi-bench/2026-11-29-1', 'evaluation'],
  ]);
});

test('alerts follow the thresholds of the config', async () => {
  const root = temporaryFolder();
  const strict = newRun(root, 'strict', { alerts: { window: 2, maxKl: 0.02 } });
  const silent = newRun(root, 'silent', { alerts: false });
  for (const step of [1, 2, 3]) for (const folder of [strict, silent]) writeFigures(folder, step);
  expect((await summaryOf(strict)).alerts).toMatchObject([
    { step: 3, name: 'kl-grows', metric: 'policy/kl' },
  ]);
  expect((await summaryOf(silent)).alerts).toEqual([]);
});

test('configs differ entry by entry', () => {
  const first = 'seed: 1\nrewards:\n  - use: map\n    weight: 1\n';
  const second = 'seed: 1\nrewards:\n  - use: map\n    weight: 2\nsteps: 3\n';
  expect(configDifferences(first, second)).toEqual([
    { entry: 'rewards.0.weight', first: '1', second: '2' },
    { entry: 'steps', first: null, second: '3' },
  ]);
});
