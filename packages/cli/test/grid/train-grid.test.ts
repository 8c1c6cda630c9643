/** A grid whose runs are played: order, settings, what is left after a stop, and what is said at the end. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { LociError } from '@loci/core';
import type { RunOutcome } from '@loci/core';
import { readRunConfig } from '../../src/defaults.ts';
import type { TrainFlags } from '../../src/flags.ts';
import { asksForGrid, trainGrid } from '../../src/grid/train-grid.ts';
import type { CellStart } from '../../src/grid/train-grid.ts';

const GRID = ['learningRate=1e-4,2e-4', 'seed=1,2'];
const NAMES = [1, 2].flatMap((rate) =>
  [1, 2].map((seed) => `learningRate=${rate}e-4_seed=${seed}`),
);
const FINISHED: RunOutcome = { step: 3, reason: 'finished' };

let folder: string;
let grid: string;
let output: string;
let trained: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loci-grid-'));
  grid = join(folder, 'grid');
  [output, trained] = ['', []];
  writeFileSync(
    join(folder, 'mine.yaml'),
    'steps: 3\ndataset: { folder: "${LOCI_TEST_FOLDER:-rooms}" }\n',
  );
});

const io = () => ({
  out: { isTTY: false, write: (text: string) => ((output += text), true) } as never,
  userDirectory: folder,
});

/** Plays a run: makes its folder, logs two steps. */
function play(ends: (name: string) => RunOutcome) {
  return async (flags: TrainFlags, there: { readonly userDirectory: string }, start: CellStart) => {
    const run = flags.run ?? flags.resume!;
    const name = run.slice(grid.length + 1);
    trained.push(flags.resume === undefined ? name : `resumed ${name}`);
    if (flags.resume === undefined) {
      const { config } = readRunConfig({ ...flags, ...start }, there);
      const { steps, seed, optimizer, dataset } = config;
      mkdirSync(run, { recursive: true });
      writeFileSync(join(run, 'config.yaml'), '');
      writeFileSync(
        join(run, 'read.json'),
        JSON.stringify({ steps, seed, rate: optimizer.learningRate, folder: dataset['folder'] }),
      );
      const line = (step: number) => `${JSON.stringify({ step, 'reward/total': seed + step })}\n`;
      writeFileSync(join(run, 'metrics.jsonl'), line(1) + line(2));
    }
    return ends(name);
  };
}

const begin = (more: Partial<TrainFlags> = {}): TrainFlags => ({
  set: [],
  config: ['mine.yaml'],
  grid: GRID,
  run: 'grid',
  ...more,
});

describe('a grid', () => {
  test('trains every combination in order, by its settings, and ends with a table', async () => {
    await trainGrid(
      begin(),
      io(),
      play(() => FINISHED),
    );
    expect(trained).toEqual(NAMES);
    expect(JSON.parse(readFileSync(join(grid, NAMES[2]!, 'read.json'), 'utf8'))).toEqual({
      steps: 3,
      seed: 1,
      rate: 2e-4,
      folder: 'rooms',
    });
    expect(readFileSync(join(grid, 'grid-config.yaml'), 'utf8')).toContain(
      '${LOCI_TEST_FOLDER:-rooms}',
    );
    expect(output).toContain('run 2 of 4: optimizer.learningRate=1e-4, seed=2');
    expect(output).toMatch(/^run +ended +training reward$/mu);
    expect(output).toMatch(/^learningRate=1e-4_seed=2 +finished after step 3 +3\.500 → 3\.500$/mu);
    expect(output).not.toContain('go on');
  });

  test('that is stopped continues with the stopped run, and with those that had not begun', async () => {
    await trainGrid(
      begin(),
      io(),
      play((name) => (name === NAMES[1] ? { step: 1, reason: 'stopped' } : FINISHED)),
    );
    expect(trained).toEqual(NAMES.slice(0, 2));
    expect(output).toMatch(/^learningRate=2e-4_seed=1 +not begun/mu);
    expect(output).toContain(`--resume ${grid}`);
    trained = [];
    const flags: TrainFlags = { set: [], resume: 'grid' };
    expect(asksForGrid(flags, io())).toBe(true);
    writeFileSync(join(folder, 'mine.yaml'), 'steps: 9\n');
    await trainGrid(
      flags,
      io(),
      play(() => FINISHED),
    );
    expect(trained).toEqual([`resumed ${NAMES[1]}`, NAMES[2], NAMES[3]]);
    expect(JSON.parse(readFileSync(join(grid, NAMES[3]!, 'read.json'), 'utf8'))).toMatchObject({
      steps: 3,
      seed: 2,
      rate: 2e-4,
    });
    trained = [];
    await trainGrid(
      flags,
      io(),
      play(() => FINISHED),
    );
    expect(trained).toEqual([]);
  });

  test('goes past a run that fails, names it, and tries it again', async () => {
    const failing = play((name) => {
      if (name === NAMES[0]) throw new LociError('diverged', 'the loss is no number');
      return FINISHED;
    });
    await expect(trainGrid(begin(), io(), failing)).rejects.toMatchObject({
      code: 'grid-incomplete',
      message: expect.stringContaining(`1 of 4 runs failed: ${NAMES[0]}; --resume ${grid}`),
    });
    expect(trained).toEqual(NAMES);
    expect(output).toMatch(/^learningRate=1e-4_seed=1 +failed: diverged/mu);
    trained = [];
    await trainGrid(
      { set: [], resume: grid },
      io(),
      play(() => FINISHED),
    );
    expect(trained).toEqual([`resumed ${NAMES[0]}`]);
  });

  test('ends with a full disk', async () => {
    const full = play(() => {
      throw new LociError('disk-full', 'no space');
    });
    await expect(trainGrid(begin(), io(), full)).rejects.toMatchObject({ code: 'disk-full' });
    expect(trained).toHaveLength(1);
  });

  test('as JSON is one object', async () => {
    await trainGrid(
      begin({ json: true, quiet: true, grid: ['seed=1,2'] }),
      io(),
      play(() => FINISHED),
    );
    expect(JSON.parse(output)).toEqual({
      directory: grid,
      axes: [{ key: 'seed', values: ['1', '2'] }],
      runs: [1, 2].map((seed) => ({
        name: `seed=${seed}`,
        directory: join(grid, `seed=${seed}`),
        settings: [`seed=${seed}`],
        ending: { reason: 'finished', step: 3 },
        figures: { 'training reward': { start: seed + 1.5, end: seed + 1.5 } },
      })),
    });
  });

  test.each([
    [
      { grid: ['learningRate=1e-4,0'] },
      'config-invalid',
      /--set optimizer\.learningRate=0: optimizer\.learningRate: /,
    ],
    [{ grid: ['policy.nonsense=1'] }, 'config-invalid', /policy\.nonsense: unknown key/],
    [{ grid: ['nonsense=1'] }, 'grid-invalid', /no key "nonsense"/],
  ])('with %j trains nothing and leaves no folder', async (more, code, message) => {
    await expect(
      trainGrid(
        begin(more),
        io(),
        play(() => FINISHED),
      ),
    ).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(trained).toEqual([]);
    expect(() => readFileSync(join(grid, 'grid.json'))).toThrow();
  });

  test('does not begin in a folder with files, nor go on with other settings', async () => {
    mkdirSync(grid);
    writeFileSync(join(grid, 'a.txt'), '');
    await expect(
      trainGrid(
        begin(),
        io(),
        play(() => FINISHED),
      ),
    ).rejects.toMatchObject({ code: 'run-directory-exists' });
    await trainGrid(begin({ run: 'other' }), io(), async () => ({ step: 1, reason: 'stopped' }));
    await expect(
      trainGrid(
        { set: ['seed=3'], resume: 'other' },
        io(),
        play(() => FINISHED),
      ),
    ).rejects.toMatchObject({
      code: 'flag-misplaced',
      message: expect.stringContaining('--set'),
    });
    writeFileSync(join(folder, 'other', 'grid.json'), '{');
    await expect(
      trainGrid(
        { set: [], resume: 'other' },
        io(),
        play(() => FINISHED),
      ),
    ).rejects.toMatchObject({ code: 'grid-unreadable' });
  });
});
