import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { readConfig } from '../../src/config/read-config.ts';
import { createRun } from '../../src/index.ts';
import { definePlugin } from '../../src/plugin/define-plugin.ts';
import { fakeLogger, fakePolicy } from '../../src/testing/index.ts';
import { temporaryFolder, toyPlugins, toyRun } from '../toy-run.ts';

const FILE = `policy: table
dataset: toy
benchmark: toy
prompt: { use: toy }
advantage:
  epsilon: -1
rewards:
  - use: says-b
    options: { volume: 11 }
schedule: cosin
sinks: []
`;

describe('createRun', () => {
  test('names every wrong option and unknown plugin with its line, in one message', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'loci-config-')), 'run.yaml');
    writeFileSync(file, FILE);
    const { config, origin } = readConfig({ file });
    const request = {
      config,
      origin,
      plugins: toyPlugins(),
      baseDirectory: '/',
      logger: fakeLogger(),
    };
    await expect(createRun(request)).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringMatching(
        /run\.yaml, line 6, column 3: advantage\.epsilon: .*\n.*line 10, column 1: schedule\.use: .*did you mean "cosine"\?.*\n.*line 9, column 16: rewards\.0\.options\.volume: unknown key/,
      ),
    });
  });

  test('a plugin in a config file starts at the folder of the file, and is stored with its whole path', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'loci-recipe-'));
    const here = mkdtempSync(join(tmpdir(), 'loci-here-'));
    const rewardCalled = (name: string) =>
      `import { defineReward } from '@loci/core';
       export const it = defineReward({ name: '${name}', description: 'Gives a point.', score: () => 1 });`;
    writeFileSync(join(folder, 'beside.ts'), rewardCalled('beside'));
    writeFileSync(join(here, 'typed.ts'), rewardCalled('typed'));
    const text = FILE.replace('epsilon: -1', 'epsilon: 1').replace('cosin', 'constant');
    const file = join(folder, 'run.yaml');
    writeFileSync(
      file,
      text.replace(/ {2}- use: says-b\n.*\n/, '  - { use: ./beside.ts, isolate: false }\n'),
    );
    const { config, origin } = readConfig({
      file,
      set: ['rewards.1={ use: ./typed.ts, isolate: false }'],
    });
    const run = await createRun({
      config,
      origin,
      plugins: toyPlugins(),
      baseDirectory: here,
      logger: fakeLogger(),
    });
    expect((await run.rewards()).map(({ name }) => name)).toEqual(['beside', 'typed']);
    expect(run.config.rewards.map(({ use }) => use)).toEqual([
      join(folder, 'beside.ts'),
      join(here, 'typed.ts'),
    ]);
  });

  test('makes nothing before it is asked for, and each part once', async () => {
    let made = 0;
    const plugins = [
      ...toyPlugins().filter(({ kind }) => kind !== 'policy'),
      definePlugin({
        kind: 'policy',
        name: 'table',
        description: 'counts',
        options: z.strictObject({}),
        create: () => {
          made++;
          return fakePolicy();
        },
      }),
    ];
    const { run: toy } = await toyRun(temporaryFolder());
    const run = await createRun({
      config: toy.config,
      plugins,
      baseDirectory: '/',
      logger: fakeLogger(),
    });
    expect(made).toBe(0);
    expect(await run.policy()).toBe(await run.policy());
    expect(await run.dataset()).toBe(await run.dataset());
    expect(made).toBe(1);
    const policy = await run.policy();
    await run.dispose();
    await expect(
      policy.optimStep({
        learningRate: 0,
        beta1: 0,
        beta2: 0,
        epsilon: 1,
        weightDecay: 0,
        maxGradNorm: 0,
      }),
    ).rejects.toMatchObject({ code: 'policy-disposed' });
  });

  test('frees everything else when one part fails to close', async () => {
    const closed: string[] = [];
    const sink = (name: string) =>
      definePlugin({
        kind: 'sink',
        name,
        description: 'does not like to end',
        options: z.strictObject({}),
        create: () => ({
          write: () => undefined,
          close: async () => {
            closed.push(name);
            throw new Error(`${name} broke`);
          },
        }),
      });
    const { run: toy } = await toyRun(temporaryFolder());
    const run = await createRun({
      config: { ...toy.config, sinks: [{ use: 'first' }, { use: 'second' }] },
      plugins: [...toyPlugins(), sink('first'), sink('second')],
      baseDirectory: '/',
      runDirectory: temporaryFolder(),
      logger: fakeLogger(),
    });
    await run.trainer();
    const policy = await run.policy();
    await expect(run.dispose()).rejects.toThrow('first broke');
    expect(closed).toEqual(['first', 'second']);
    await expect(policy.logProbs([], 'current')).rejects.toMatchObject({ code: 'policy-disposed' });
    await run.dispose();
  });

  test('two runs do not share their parts', async () => {
    const [first, second] = [await toyRun(temporaryFolder()), await toyRun(temporaryFolder())];
    expect(await first.run.policy()).not.toBe(await second.run.policy());
  });

  test('wraps the plain error of a plugin once, with its kind and name', async () => {
    const { run: toy } = await toyRun(temporaryFolder());
    const plugins = [
      ...toyPlugins().filter(({ kind }) => kind !== 'dataset'),
      definePlugin({
        kind: 'dataset',
        name: 'toy',
        description: 'fails',
        options: z.strictObject({}),
        create: () => {
          throw new Error('no such folder');
        },
      }),
    ];
    const run = await createRun({
      config: toy.config,
      plugins,
      baseDirectory: '/',
      logger: fakeLogger(),
    });
    await expect(run.dataset()).rejects.toMatchObject({
      code: 'plugin-failed',
      message: 'The dataset plugin "toy" could not be made: no such folder',
    });
    await expect(run.trainer()).rejects.toMatchObject({ code: 'no-run-directory' });
  });

  test('plugins get local paths, and the config keeps what they stand for', async () => {
    const { run: toy } = await toyRun(temporaryFolder());
    const given: unknown[] = [];
    const plugins = [
      ...toyPlugins().filter(({ kind }) => kind !== 'dataset'),
      definePlugin({
        kind: 'dataset',
        name: 'toy',
        description: 'notes its folder',
        options: z.strictObject({ folder: z.string().startsWith('/cache') }),
        create: ({ folder }) => {
          given.push(folder);
          return { open: () => Promise.reject(new Error('not opened here')) };
        },
      }),
    ];
    const run = await createRun({
      config: { ...toy.config, dataset: { use: 'toy', folder: 'hub:o/d@1' } },
      plugins,
      localPaths: new Map([['hub:o/d@1', '/cache/d']]),
      baseDirectory: '/',
      logger: fakeLogger(),
    });
    await run.dataset();
    expect(given).toEqual(['/cache/d']);
    expect(run.config.dataset).toEqual({ use: 'toy', folder: 'hub:o/d@1' });
  });

  test('a reward may stand in the list once', async () => {
    await expect(toyRun(temporaryFolder(), ['rewards=[says-b, says-b]'])).rejects.toMatchObject({
      code: 'duplicate-reward',
      message: expect.stringContaining('"says-b" is in the list twice'),
    });
  });

  test('two rewards of one name are refused, since their figures could not be told apart', async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'own.ts'),
      `import { defineReward } from '@loci/core';
       export const own = defineReward({ name: 'says-b', description: 'x.', score: () => 1 });`,
    );
    const own = join(folder, 'own.ts');
    for (const isolate of [true, false]) {
      const rewards = [{ use: 'says-b' }, { use: own, isolate }];
      await expect(toyRun(folder, [`rewards=${JSON.stringify(rewards)}`])).rejects.toMatchObject({
        code: 'duplicate-reward',
        message: expect.stringContaining('rewards.1: two rewards of the list are called "says-b"'),
      });
      const { run } = await toyRun(folder, [`rewards=${JSON.stringify(rewards.slice(1))}`]);
      expect(await run.rewards()).toHaveLength(1);
      await run.dispose();
    }
  });
});
