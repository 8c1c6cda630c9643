/** What sinks are told of a run, in which order, and what its history keeps of starts and ends. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { createRun } from '../../../src/run/create-run.ts';
import { definePlugin } from '../../../src/plugin/define-plugin.ts';
import type { LoggedRollout, RunStart, RunTable } from '../../../src/spec/index.ts';
import { fakeLogger } from '../../../src/testing/index.ts';
import { readHistory } from '../../../src/train/run-folder/run-history.ts';
import { temporaryFolder, toyPlugins, toyRun } from '../../toy-run.ts';

interface Told {
  readonly calls: string[];
  start?: RunStart;
  readonly tables: RunTable[];
  readonly rollouts: LoggedRollout[];
}

/** A sink that writes down what it is told; `fails` ends the run at its first figures. */
function recording(told: Told, fails = false) {
  return definePlugin({
    kind: 'sink',
    name: 'recording',
    description: 'for tests',
    options: z.strictObject({}),
    create: () => ({
      rewind: (step) => void told.calls.push(`rewind ${step}`),
      begin(start) {
        told.calls.push(`begin ${start.startStep}`);
        told.start = start;
      },
      write({ step, values }) {
        if (fails) throw new Error('no room');
        told.calls.push(`write ${step} ${Object.keys(values)[0]!.split('/')[0]}`);
      },
      rollouts(step, all) {
        told.calls.push(`rollouts ${step}`);
        told.rollouts.push(...all);
      },
      table(table) {
        told.calls.push(`table ${table.step} ${table.name}`);
        told.tables.push(table);
      },
      end: ({ step, reason, why }) => void told.calls.push(`end ${step} ${reason} ${why ?? ''}`),
      close: async () => void told.calls.push('close'),
    }),
  });
}

async function train(
  told: Told,
  runDirectory: string,
  steps: number,
  resume: boolean,
  fails = false,
) {
  const { run: toy } = await toyRun(temporaryFolder(), [`steps=${steps}`, 'evaluate.questions=4']);
  const run = await createRun({
    config: { ...toy.config, sinks: [{ use: 'recording' }] },
    plugins: [...toyPlugins(), recording(told, fails)],
    baseDirectory: '/',
    runDirectory,
    logger: fakeLogger(),
    command: 'loci train --steps 2',
  });
  try {
    await (await run.trainer({ resume })).run();
  } finally {
    await run.dispose();
  }
}

test('sinks hear of the start, rollouts, figures, tables and the end; a resumption goes on', async () => {
  const folder = temporaryFolder();
  const told: Told = { calls: [], tables: [], rollouts: [] };
  await train(told, folder, 2, false);
  expect(told.calls).toEqual([
    ...['rewind -1', 'begin 0'],
    ...['write 0 evaluation', 'table 0 evaluation/before', 'table 0 evaluation/before/items'],
    ...['rollouts 1', 'write 1 reward', 'rollouts 2', 'write 2 reward'],
    ...['write 2 evaluation', 'table 2 evaluation/after', 'table 2 evaluation/after/items'],
    ...['end 2 finished ', 'close'],
  ]);
  expect(told.start).toMatchObject({ totalSteps: 2, trainingSamples: 8, runDirectory: folder });
  expect(told.start!.configText).toBe(readFileSync(join(folder, 'config.yaml'), 'utf8'));
  const [figures, items] = told.tables;
  expect(figures!.columns).toEqual(['condition', 'figure', 'value', 'low', 'high', 'items']);
  expect(figures!.rows[0]!.slice(0, 2)).toEqual(['as-filmed', 'answers']);
  expect(items!.rows).toHaveLength(4);
  expect(told.rollouts[0]).toMatchObject({ step: 1, completion: 0, media: [{ kind: 'video' }] });

  told.calls.length = 0;
  await train(told, folder, 3, true);
  expect(told.calls.slice(0, 2)).toEqual(['rewind 2', 'begin 2']);
  expect(told.calls.at(-2)).toBe('end 3 finished ');
  expect(readHistory(folder)).toMatchObject([
    { event: 'start', step: 0, steps: 2, samples: 8, command: 'loci train --steps 2' },
    { event: 'end', step: 2, reason: 'finished' },
    { event: 'start', step: 2, steps: 3 },
    { event: 'end', step: 3, reason: 'finished' },
  ]);
});

test('an error is an end as well', async () => {
  const folder = temporaryFolder();
  const told: Told = { calls: [], tables: [], rollouts: [] };
  await expect(train(told, folder, 2, false, true)).rejects.toThrow('no room');
  expect(told.calls.slice(-2)).toEqual(['end 0 failed no room', 'close']);
  expect(readHistory(folder).at(-1)).toMatchObject({ reason: 'failed', why: 'no room' });
});

test('a history is read as far as it can be', () => {
  const folder = temporaryFolder();
  expect(readHistory(folder)).toEqual([]);
  writeFileSync(
    join(folder, 'history.jsonl'),
    '{"event":"end","time":"t","step":1,"reason":"stopped"}\n{"ev',
  );
  expect(readHistory(folder)).toEqual([{ event: 'end', time: 't', step: 1, reason: 'stopped' }]);
});
