/** Pieces of an experiment: which there are, what arms must share, what is left after a stop or a failure, and what it will take. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { LociError } from '@loci/core';
import type { RunConfig, RunOutcome } from '@loci/core';
import { DEFAULTS, readRunConfig } from '../../src/defaults.ts';
import { durationText, estimatePieces, estimateTable } from '../../src/experiment/estimate.ts';
import type { Experiment } from '../../src/experiment/experiment-schema.ts';
import { ExperimentStore, readStoredExperiment } from '../../src/experiment/experiment-store.ts';
import { piecesOf } from '../../src/experiment/pieces.ts';
import type { Piece } from '../../src/experiment/pieces.ts';
import { readExperiment } from '../../src/experiment/read-experiment.ts';
import { runPieces } from '../../src/experiment/run-pieces.ts';
import { settingsFiles, writeSettings } from '../../src/experiment/settings-files.ts';
import { checkShared } from '../../src/experiment/shared-settings.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
const place = (): string => mkdtempSync(join(tmpdir(), 'loci-experiment-'));

const TEXT = `
title: Two arms
seeds: [1, 2]
shared: { steps: 4 }
arms:
  plain: { title: Plain, settings: { rewards: [{ use: answer }] } }
  mapped: { title: Mapped }
evaluations:
  unseen: { title: Unseen rooms, settings: { evaluate: { questions: 30, controls: [blank], samples: 2 } } }
differences: [[plain, mapped], [start, mapped]]
`;

function experimentOf(text = TEXT): Experiment {
  const file = join(place(), 'two.yaml');
  writeFileSync(file, text);
  return readExperiment(file);
}

/** A runner whose runs end as they are told; the names of what it did, in order. */
function fakeRunner(ends: (piece: Piece) => RunOutcome | Error) {
  const done: string[] = [];
  return {
    done,
    doPiece: async (piece: Piece): Promise<RunOutcome> => {
      done.push(piece.name);
      const ended = ends(piece);
      if (ended instanceof Error) throw ended;
      return ended;
    },
  };
}

const FINISHED: RunOutcome = { reason: 'finished', step: 4 };
const NOTES = { begin: () => undefined, fail: () => undefined };

describe('the file', () => {
  test('names its mistakes', () => {
    expect(() => experimentOf(TEXT.replace('title: Two arms', ''))).toThrow(/title/u);
    expect(() => experimentOf(TEXT.replace('[1, 2]', '[1, 1]'))).toThrow(/twice/u);
    expect(() => experimentOf(TEXT.replace('[plain, mapped]', '[plain, maped]'))).toThrow(
      /no arm "maped"/u,
    );
    expect(() => experimentOf(TEXT.replace('  plain:', '  start:'))).toThrow(/start model/u);
  });

  test('three seeds when it names none', () => {
    expect(experimentOf(TEXT.replace('seeds: [1, 2]', '')).seeds).toEqual([1, 2, 3]);
  });

  test('what settings extend starts at the file', () => {
    const { shared } = experimentOf(TEXT.replace('{ steps: 4 }', '{ extends: base.yaml }'));
    expect(String(shared['extends'])).toMatch(/^\/.*\/base\.yaml$/u);
  });
});

describe('pieces', () => {
  test('seed by seed: the start model, then each arm with its evaluations', () => {
    expect(piecesOf(experimentOf()).map(({ name }) => name)).toEqual(
      [1, 2].flatMap((seed) => [
        `evaluate/start/seed-${seed}/unseen`,
        `train/plain/seed-${seed}`,
        `evaluate/plain/seed-${seed}/unseen`,
        `train/mapped/seed-${seed}`,
        `evaluate/mapped/seed-${seed}/unseen`,
      ]),
    );
  });

  test('are chosen by arm and seed', () => {
    const chosen = piecesOf(experimentOf(), { arms: ['mapped'], seeds: [2] });
    expect(chosen.map(({ name }) => name)).toEqual([
      'train/mapped/seed-2',
      'evaluate/mapped/seed-2/unseen',
    ]);
    expect(() => piecesOf(experimentOf(), { arms: ['maped'] })).toThrow(/mapped/u);
    expect(() => piecesOf(experimentOf(), { seeds: [3] })).toThrow(/no seed 3/u);
  });
});

describe('what arms share', () => {
  const arms = (change: Partial<RunConfig>) =>
    new Map([
      ['one', DEFAULTS],
      ['two', { ...DEFAULTS, ...change }],
    ]);

  test('prompt, rewards, advantage and objective may differ', () => {
    const change = { prompt: { use: 'map-imagination' }, objective: { use: 'sft' }, rewards: [] };
    expect(() => checkShared(arms(change), [])).not.toThrow();
  });

  test.each<Partial<RunConfig>>([
    { steps: 3 },
    { promptsPerStep: 3 },
    { policy: { use: 'onnx', model: 'other' } },
    { sampler: { ...DEFAULTS.sampler, completionsPerPrompt: 16 } },
    { dataset: { use: 'rooms', trainScenes: 3 } },
    { optimizer: { ...DEFAULTS.optimizer, learningRate: 1 } },
  ])('%j is refused by name', (change) => {
    const [key] = Object.keys(change);
    expect(() => checkShared(arms(change), [])).toThrow(
      new RegExp(`${key!}: one has .*two has`, 'u'),
    );
  });

  test('a file may allow the rate, and never the questions', () => {
    const rate = { optimizer: { ...DEFAULTS.optimizer, learningRate: 1 } };
    expect(() => checkShared(arms(rate), ['optimizer'])).not.toThrow();
    expect(() => experimentOf(`${TEXT}\nmayDiffer: [dataset]`)).toThrow(/mayDiffer/u);
  });
});

describe('doing them', () => {
  test('finished pieces are not done again; a stop ends the command, and the same command continues', async () => {
    const folder = place();
    const experiment = experimentOf();
    const pieces = piecesOf(experiment);
    const first = ExperimentStore.open(folder, experiment);
    const stopped = fakeRunner(({ name }) =>
      name === 'train/mapped/seed-1' ? { reason: 'stopped', step: 2 } : FINISHED,
    );
    let clock = 0;
    const done = await runPieces(pieces, first, stopped.doPiece, NOTES, () => (clock += 5));
    first.close();
    expect(done.wasStopped).toBe(true);
    expect(stopped.done).toHaveLength(4);
    expect(readStoredExperiment(folder)?.pieces['train/mapped/seed-1']).toEqual({
      ending: { reason: 'stopped', step: 2 },
      seconds: 5,
    });
    const second = ExperimentStore.open(folder, experiment);
    const rest = fakeRunner(() => FINISHED);
    await runPieces(pieces, second, rest.doPiece, NOTES, () => (clock += 5));
    expect(rest.done[0]).toBe('train/mapped/seed-1');
    expect(rest.done).toHaveLength(pieces.length - 3);
    expect(second.stateOf({ name: 'train/mapped/seed-1' })?.seconds).toBe(10);
    second.close();
  });

  test('a failure leaves the others, and what needs it waits', async () => {
    const folder = place();
    const experiment = experimentOf();
    const store = ExperimentStore.open(folder, experiment);
    const runner = fakeRunner(({ name }) =>
      name === 'train/plain/seed-1' ? new LociError('no-signal', 'nothing to learn') : FINISHED,
    );
    const { failed, waiting, wasStopped } = await runPieces(
      piecesOf(experiment),
      store,
      runner.doPiece,
      NOTES,
    );
    store.close();
    expect(wasStopped).toBe(false);
    expect(failed.map(({ name }) => name)).toEqual(['train/plain/seed-1']);
    expect(waiting.map(({ name }) => name)).toEqual(['evaluate/plain/seed-1/unseen']);
    expect(runner.done).toHaveLength(9);
    const state: unknown = JSON.parse(readFileSync(join(folder, 'experiment.json'), 'utf8'));
    expect(state).toMatchObject({
      version: 1,
      pieces: { 'train/plain/seed-1': { ending: { error: { code: 'no-signal' } } } },
    });
  });

  test('a full disk ends it: no other piece could do better', async () => {
    const experiment = experimentOf();
    const store = ExperimentStore.open(place(), experiment);
    const runner = fakeRunner(() => new LociError('disk-full', 'no space'));
    await expect(runPieces(piecesOf(experiment), store, runner.doPiece, NOTES)).rejects.toThrow(
      'no space',
    );
    store.close();
  });

  test('what has begun keeps its settings; arms and seeds may be added', async () => {
    const folder = place();
    const experiment = experimentOf();
    const store = ExperimentStore.open(folder, experiment);
    await runPieces(
      piecesOf(experiment, { arms: ['plain'] }),
      store,
      fakeRunner(() => FINISHED).doPiece,
      NOTES,
    );
    store.close();
    const reopened = (text: string): void =>
      ExperimentStore.open(folder, experimentOf(text)).close();
    reopened(
      TEXT.replace('[1, 2]', '[1, 2, 3]').replace(
        '{ title: Mapped }',
        '{ title: M, settings: { objective: dapo } }',
      ),
    );
    expect(() => reopened(TEXT.replace('use: answer', 'use: format'))).toThrow(/arms\.plain/u);
    expect(() => reopened(TEXT.replace('questions: 30', 'questions: 40'))).toThrow(
      /evaluations\.unseen/u,
    );
    expect(() => reopened(TEXT.replace('steps: 4', 'steps: 5'))).toThrow(/shared/u);
  });
});

test('the time that is left: a guess, and once a run is done by what it took', () => {
  const pieces = piecesOf(experimentOf(), { seeds: [1] });
  const workOf = ({ kind }: Piece): number => (kind === 'train' ? 1000 : 100);
  const guess = estimatePieces(pieces, () => undefined, workOf);
  expect(guess.estimates.map(({ secondsLeft }) => secondsLeft)).toEqual([1, 25, 1, 25, 1]);
  expect(estimateTable(guess.estimates, guess.measured)).toMatch(/left: about 1 min, guessed/u);
  const known = estimatePieces(
    pieces,
    ({ name }) => (name === 'train/plain/seed-1' ? { ending: FINISHED, seconds: 7200 } : undefined),
    workOf,
  );
  expect(known.estimates.map(({ secondsLeft }) => secondsLeft)).toEqual([1, 0, 1, 7200, 1]);
  expect(estimateTable(known.estimates, known.measured)).toMatch(/left: about 2\.0 h, by the/u);
  expect(durationText(61)).toBe('2 min');
});

test.each(['paper', 'alternatives'])(
  'configs/experiments/%s.yaml: valid, and its arms comparable',
  (name) => {
    const experiment = readExperiment(join(ROOT, 'configs/experiments', `${name}.yaml`));
    expect(experiment.seeds.length).toBeGreaterThanOrEqual(3);
    const folder = place();
    writeSettings(folder, experiment);
    const configOf = (piece: { arm: string; evaluation?: string }): RunConfig =>
      readRunConfig({ config: settingsFiles(folder, experiment, piece) }, { userDirectory: ROOT })
        .config;
    const configs = new Map(Object.keys(experiment.arms).map((arm) => [arm, configOf({ arm })]));
    expect(() => checkShared(configs, experiment.mayDiffer)).not.toThrow();
    for (const arm of ['start', ...configs.keys()]) {
      for (const evaluation of Object.keys(experiment.evaluations)) configOf({ arm, evaluation });
    }
  },
);
