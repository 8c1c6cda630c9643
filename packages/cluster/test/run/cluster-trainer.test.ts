/** The life of a run whose job trains elsewhere, over a head of ours and in a process. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { RunOutcome } from '@loci/core';
import { readRecord } from '../../src/run/cluster-record.ts';
import { headWith } from '../ray/open-heads.ts';
import { letGo, metricsOf, openToyRun, startsOf, toyPlace } from './toy-cluster.ts';
import type { ToyPlace, ToyRun, ToySettings } from './toy-cluster.ts';

const allSteps = [1, 2, 3, 4];

function stepsOf(place: ToyPlace): readonly number[] {
  return metricsOf(place).map(({ step }) => step);
}

/** Waits for a step of a run that goes on. */
async function reached(run: ToyRun, step: number): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (run.events.some((event) => event.type === 'step-end' && event.step === step)) return;
    await sleep(10);
  }
  throw new Error(`step ${step} did not come`);
}

/** Begins to train, and comes back after a step; the job may be held later on. */
async function begun(
  place: ToyPlace,
  address: string,
  step: number,
  settings: ToySettings,
): Promise<{ readonly run: ToyRun; readonly training: Promise<RunOutcome> }> {
  const run = await openToyRun(place, address, settings);
  const training = run.train();
  await reached(run, step);
  return { run, training };
}

/** The same, and then leaves the job running. */
async function left(...asked: Parameters<typeof begun>): Promise<RunOutcome> {
  const { run, training } = await begun(...asked);
  run.trainer.leave!();
  return training;
}

async function serverAnswers(place: ToyPlace): Promise<boolean> {
  const { url } = readRecord(place.runDirectory)!.rewards!;
  return fetch(url).then(
    () => true,
    () => false,
  );
}

describe('a job on a cluster', () => {
  test('trains to its end, fills the run folder, and leaves a model', async () => {
    const [head, place] = [await headWith(), toyPlace()];
    const run = await openToyRun(place, head.url);
    const outcome = await run.train();
    expect(outcome).toMatchObject({ step: 4, reason: 'finished', model: { isHere: true } });
    expect(existsSync(join(outcome.model!.directory, 'config.json'))).toBe(true);
    expect(stepsOf(place)).toEqual(allSteps);
    expect(existsSync(join(place.runDirectory, 'config.yaml'))).toBe(true);
    expect(readFileSync(join(place.runDirectory, 'job-1.log'), 'utf8')).toContain(
      'loaded 4 train rows\n',
    );
    expect(run.events.map(({ type }) => type).filter((type) => type !== 'checkpoint')).toEqual([
      'run-start',
      ...allSteps.flatMap(() => ['step-start', 'step-end']),
      'run-end',
    ]);
    expect(run.events.filter(({ type }) => type === 'checkpoint').at(-1)).toMatchObject({
      step: 4,
    });
    expect(startsOf(place)).toBe(1);
    expect(await serverAnswers(place)).toBe(false);
  });

  test('tells its figures by its log where its storage is not seen, and the model is named', async () => {
    const [head, place] = [await headWith(), toyPlace()];
    const run = await openToyRun(place, head.url, { storageHere: false, consoleOnly: true });
    const outcome = await run.train();
    expect(stepsOf(place)).toEqual(allSteps);
    expect(outcome.model).toEqual({
      directory: expect.stringContaining('/checkpoints'),
      isHere: false,
    });
  });

  test('leaves shards, which a job of their own merges', async () => {
    const [head, place] = [await headWith(), toyPlace()];
    const outcome = await (await openToyRun(place, head.url, { sharded: true })).train();
    expect(outcome.model).toMatchObject({ directory: expect.stringMatching(/model\/step-4$/u) });
    expect(existsSync(join(outcome.model!.directory, 'config.json'))).toBe(true);
    expect(head.started).toHaveLength(2);
  });

  test('that dropped rows is warned of', async () => {
    const [head, place] = [await headWith(), toyPlace()];
    const run = await openToyRun(place, head.url, { rows: 3 });
    await run.train();
    expect(run.lines).toContainEqual(expect.stringContaining('loaded 3 of 4 train rows'));
  });

  test('that fails says why, and goes on from its checkpoint with a second job', async () => {
    const [head, place] = [await headWith(), toyPlace()];
    const failing = openToyRun(place, head.url, { failsAt: 4 });
    await expect((await failing).train()).rejects.toMatchObject({
      code: 'job-failed',
      message: expect.stringMatching(
        /exit code 3.*the toy broke.*job-1\.log.*checkpoint of step 2/su,
      ),
    });
    expect(stepsOf(place)).toEqual([1, 2, 3]);
    const outcome = await (await openToyRun(place, head.url, {}, true)).train();
    expect(outcome).toMatchObject({ step: 4, reason: 'finished' });
    expect(metricsOf(place)).toEqual([
      { step: 1, from: 0 },
      { step: 2, from: 0 },
      { step: 3, from: 2 },
      { step: 4, from: 2 },
    ]);
    expect(startsOf(place)).toBe(2);
  });

  test('that dies fails too', async () => {
    const [head, place] = [await headWith(), toyPlace()];
    const run = await openToyRun(place, head.url, { diesAt: 3 });
    await expect(run.train()).rejects.toMatchObject({ code: 'job-failed' });
  });
});

describe('a person', () => {
  test('leaves a job running, and picks it up again', async () => {
    const [head, place] = [await headWith(), toyPlace()];
    expect(await left(place, head.url, 1, { holdsAt: 3 })).toMatchObject({ reason: 'left' });
    expect(await serverAnswers(place)).toBe(true);
    expect(head.jobs[0]!.status).toBe('RUNNING');
    letGo(place);
    const second = await openToyRun(place, head.url, {}, true);
    expect(await second.train()).toMatchObject({ step: 4, reason: 'finished' });
    expect(stepsOf(place)).toEqual(allSteps);
    expect(startsOf(place)).toBe(1);
    expect(await serverAnswers(place)).toBe(false);
  });

  test('stops a job', async () => {
    const [head, place] = [await headWith(), toyPlace()];
    const { run, training } = await begun(place, head.url, 2, { holdsAt: 4 });
    run.trainer.stop();
    expect(await training).toMatchObject({ reason: 'stopped' });
    expect(head.jobs[0]!.status).toBe('STOPPED');
    const outcome = await (await openToyRun(place, head.url, {}, true)).train();
    expect(outcome).toMatchObject({ step: 4, reason: 'finished' });
    expect(stepsOf(place)).toEqual(allSteps);
  });

  test('picks up a job that ended meanwhile, and a finished run has nothing left to do', async () => {
    const [head, place] = [await headWith(), toyPlace()];
    await left(place, head.url, 1, { holdsAt: 3 });
    letGo(place);
    while (head.jobs[0]!.endTime === null) await sleep(20);
    expect(await (await openToyRun(place, head.url, {}, true)).train()).toMatchObject({ step: 4 });
    expect(stepsOf(place)).toEqual(allSteps);
    const again = await (await openToyRun(place, head.url, {}, true)).train();
    expect(again).toMatchObject({ step: 4, reason: 'finished', model: { isHere: true } });
    expect(startsOf(place)).toBe(1);
  });

  test('stops a job that nobody follows, and the run that is resumed goes on', async () => {
    const [head, place] = [await headWith(), toyPlace()];
    await left(place, head.url, 3, { holdsAt: 4 });
    head.jobs[0]!.stop();
    while (head.jobs[0]!.endTime === null) await sleep(20);
    const outcome = await (await openToyRun(place, head.url, {}, true)).train();
    expect(outcome).toMatchObject({ step: 4, reason: 'finished' });
    expect(metricsOf(place).map(({ from }) => from)).toEqual([0, 0, 2, 2]);
  });

  test('asks for more steps of a finished run', async () => {
    const [head, place] = [await headWith(), toyPlace()];
    await (await openToyRun(place, head.url, { steps: 2 })).train();
    const more = await (await openToyRun(place, head.url, { steps: 4 }, true)).train();
    expect(more).toMatchObject({ step: 4 });
    expect(metricsOf(place).map(({ from }) => from)).toEqual([0, 0, 2, 2]);
  });
});

describe('a head', () => {
  test('that is out of reach for a moment ends nothing', async () => {
    const [head, place] = [await headWith(), toyPlace()];
    const { training } = await begun(place, head.url, 1, { holdsAt: 3 });
    await head.cut();
    letGo(place);
    await sleep(300);
    await head.start();
    expect(await training).toMatchObject({ step: 4, reason: 'finished' });
    expect(stepsOf(place)).toEqual(allSteps);
  });

  test('that is lost loses the job, and the run goes on from its checkpoint', async () => {
    const [head, place] = [await headWith(), toyPlace()];
    const { training } = await begun(place, head.url, 3, { holdsAt: 4 });
    const failed = expect(training).rejects.toMatchObject({
      code: 'job-lost',
      message: expect.stringContaining('--resume'),
    });
    await head.lose();
    await head.start();
    await failed;
    const outcome = await (await openToyRun(place, head.url, {}, true)).train();
    expect(outcome).toMatchObject({ step: 4 });
    expect(metricsOf(place).map(({ from }) => from)).toEqual([0, 0, 2, 2]);
  });

  test('that loses its answer to the submission runs one job', async () => {
    const [head, place] = [await headWith({ losesAnswers: 1, lacksAgent: 1 }), toyPlace()];
    expect(await (await openToyRun(place, head.url)).train()).toMatchObject({ step: 4 });
    expect(startsOf(place)).toBe(1);
  });

  test('that refuses the token leaves no run folder', async () => {
    const [head, place] = [await headWith({ token: 'right' }), toyPlace()];
    await expect(openToyRun(place, head.url)).rejects.toMatchObject({ code: 'ray-unauthorized' });
    expect(existsSync(place.runDirectory)).toBe(false);
  });
});

describe('a process of this machine', () => {
  test('trains, is left running, and is found again', async () => {
    const place = toyPlace();
    const settings = { onProcess: true, holdsAt: 3 };
    expect(await left(place, 'head', 1, settings)).toMatchObject({ reason: 'left' });
    letGo(place);
    const second = await openToyRun(place, 'head', settings, true);
    expect(await second.train()).toMatchObject({ step: 4, reason: 'finished' });
    expect(stepsOf(place)).toEqual(allSteps);
    expect(startsOf(place)).toBe(1);
  });
});

test('a reward server that has gone is started again at its address while the job runs', async () => {
  const [head, place] = [await headWith(), toyPlace()];
  await left(place, head.url, 1, { holdsAt: 3 });
  const { url, pid } = readRecord(place.runDirectory)!.rewards!;
  process.kill(pid, 'SIGKILL');
  while (await serverAnswers(place)) await sleep(20);
  const second = await openToyRun(place, head.url, {}, true);
  const rest = second.train();
  while (!(await serverAnswers(place))) await sleep(20);
  letGo(place);
  expect(await rest).toMatchObject({ step: 4, reason: 'finished' });
  expect(readRecord(place.runDirectory)!.rewards!.url).toBe(url);
});
