/** A trainer is a plugin: one that trains elsewhere gets what it asks for of the run, and nothing else is made. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Subject } from 'rxjs';
import { parse } from 'yaml';
import { z } from 'zod';
import { DEFAULT_RUN, createRun, definePlugin } from '../../src/index.ts';
import type { AnyPlugin, RunConfig, RunEvent } from '../../src/index.ts';
import { fakeLogger } from '../../src/testing/index.ts';
import { temporaryFolder, toyPlugins, toyRun } from '../toy-run.ts';

/** Hands the run to a cluster that finishes at once. */
const cluster = definePlugin({
  kind: 'trainer',
  name: 'cluster',
  description: 'Trains on machines of a test.',
  options: z.strictObject({ address: z.string() }),
  async create({ address }, { run }) {
    const { config, parts, runDirectory, baseDirectory, openFolder } = run!;
    const source = await (await parts.dataset()).open('train');
    openFolder().begin(config, baseDirectory);
    const sinks = await parts.sinks();
    const events = new Subject<RunEvent>();
    return {
      events$: events,
      async run() {
        const { steps: totalSteps } = config;
        const trainingSamples = source.size;
        events.next({ type: 'run-start', runDirectory, startStep: 0, totalSteps, trainingSamples });
        for (const sink of sinks) sink.write({ step: 1, values: { [`cluster/${address}`]: 1 } });
        const outcome = { step: totalSteps, reason: 'finished' } as const;
        events.next({ type: 'run-end', ...outcome });
        events.complete();
        return outcome;
      },
      stop: () => undefined,
    };
  },
});

const noModel = {
  policy: () => {
    throw new Error('the model was loaded');
  },
};

async function runWith(
  trainer: RunConfig['trainer'],
  folder: string,
  plugins: readonly AnyPlugin[] = [],
) {
  const { run: toy } = await toyRun(folder);
  return createRun({
    config: { ...toy.config, trainer, rewards: [], sinks: [{ use: 'jsonl' }] },
    plugins: [...toyPlugins(noModel), ...plugins],
    baseDirectory: folder,
    runDirectory: join(folder, 'run'),
    logger: fakeLogger(),
  });
}

describe('a trainer', () => {
  test('that trains elsewhere loads no model, and keeps run folder and sinks', async () => {
    const folder = temporaryFolder();
    const run = await runWith({ use: 'cluster', address: 'ten' }, folder, [cluster]);
    const trainer = await run.trainer();
    const seen: RunEvent['type'][] = [];
    trainer.events$.subscribe(({ type }) => seen.push(type));
    expect(await trainer.run()).toEqual({ step: 6, reason: 'finished' });
    await run.dispose();
    expect(seen).toEqual(['run-start', 'run-end']);
    const text = (name: string) => readFileSync(join(folder, 'run', name), 'utf8');
    expect(parse(text('config.yaml'))).toMatchObject({
      trainer: { use: 'cluster', address: 'ten' },
    });
    expect(JSON.parse(text('metrics.jsonl'))).toEqual({ step: 1, 'cluster/ten': 1 });
  });

  test('leaves its folder to another when the run ends', async () => {
    const folder = temporaryFolder();
    const first = await runWith({ use: 'cluster', address: 'ten' }, folder, [cluster]);
    await (await first.trainer()).run();
    const second = await runWith({ use: 'cluster', address: 'ten' }, folder, [cluster]);
    await expect(second.trainer()).rejects.toMatchObject({ code: 'run-directory-exists' });
    await first.dispose();
    await expect((await second.trainer({ resume: true })).run()).resolves.toMatchObject({
      step: 6,
    });
    await second.dispose();
  });

  test('may lie in a file', async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'nowhere.ts'),
      `import { definePlugin } from '@loci/core';
       import { EMPTY } from 'rxjs';
       import { z } from 'zod';
       export const nowhere = definePlugin({
         kind: 'trainer', name: 'nowhere', description: 'Trains nothing.', options: z.strictObject({}),
         create: (_, { run }) => ({
           events$: EMPTY, stop() {}, run: async () => ({ step: run!.config.steps, reason: 'finished' as const }),
         }),
       });`,
    );
    const run = await runWith({ use: './nowhere.ts' }, folder);
    expect(await (await run.trainer()).run()).toEqual({ step: 6, reason: 'finished' });
    expect(existsSync(join(folder, 'run'))).toBe(false);
    await run.dispose();
  });

  test('is the local one when the config does not say, and that one needs the model', async () => {
    expect(DEFAULT_RUN.trainer).toEqual({ use: 'local' });
    const { run } = await toyRun(temporaryFolder(), [], noModel);
    await expect(run.trainer()).rejects.toThrow('the model was loaded');
    await run.dispose();
  });

  test('that there is none of is an error with its place', async () => {
    await expect(toyRun(temporaryFolder(), ['trainer=locl'])).rejects.toMatchObject({
      code: 'unknown-plugin',
      message: expect.stringMatching(/^--set trainer=locl: trainer\.use: .*did you mean "local"\?/),
    });
  });
});
