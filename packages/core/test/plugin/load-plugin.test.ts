import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Observable } from 'rxjs';
import { z } from 'zod';
import type { LociError } from '../../src/errors/loci-error.ts';
import { definePlugin } from '../../src/index.ts';
import { createFromPlugin, parseOptions } from '../../src/plugin/create-plugin.ts';
import { loadPlugin } from '../../src/plugin/load-plugin.ts';
import { PluginRegistry } from '../../src/plugin/registry.ts';
import { fakeLogger, fakeSample } from '../../src/testing/index.ts';

/** A module as a user would write it, with types, outside any workspace. */
const BREVITY = `
import { LociError, definePlugin } from '@loci/core';
import type { Reward } from '@loci/core';
import { z } from 'zod';
import { least } from './least.ts';

export const brevity = definePlugin({
  kind: 'reward',
  name: 'brevity',
  description: 'One point for short completions.',
  options: z.strictObject({ limit: z.number().default(10) }),
  create: ({ limit }): Reward => ({
    range: [least, 1],
    score: ({ completions }) => {
      if (completions.length === 0) throw new LociError('empty', 'nothing to score');
      return completions.map(({ tokenCount }) => ({ status: 'scored', value: tokenCount <= limit ? 1 : least }));
    },
  }),
});
`;

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'loci-plugin-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const described = (name: string, kind = 'reward'): string =>
  `{ kind: '${kind}', name: '${name}', description: 'a plugin', options: z.strictObject({}), create: () => ({}) }`;

const bundled = definePlugin({
  kind: 'reward',
  name: 'answer',
  description: 'bundled',
  options: z.strictObject({}),
  create: () => ({ range: [0, 1], score: () => [] }),
});

const load = (reference: string, folder: string): ReturnType<typeof loadPlugin<'reward'>> =>
  loadPlugin('reward', reference, new PluginRegistry([bundled]), folder);

describe('loadPlugin', () => {
  test("a policy from a folder that has no packages streams by core's RxJS", async () => {
    const folder = folderWith({
      'echo.ts': `
        import { definePlugin } from '@loci/core';
        import type { Policy } from '@loci/core';
        import { of } from 'rxjs';
        import { z } from 'zod';
        export const echo = definePlugin({
          kind: 'policy',
          name: 'echo',
          description: 'Says nothing.',
          options: z.strictObject({}),
          create: () => ({ sample: () => of() }) as unknown as Policy,
        });`,
    });
    const plugin = await loadPlugin('policy', './echo.ts', new PluginRegistry(), folder);
    const context = { seed: 1, baseDirectory: folder, logger: fakeLogger() };
    const policy = await createFromPlugin(plugin, {}, context);
    expect(policy.sample({} as never)).toBeInstanceOf(Observable);
  });

  test('a bare name is a bundled plugin', async () => {
    expect(await load('answer', '/')).toBe(bundled);
  });

  test('a path is a TypeScript module, without a build and outside the workspace', async () => {
    const folder = folderWith({
      'brevity.ts': BREVITY,
      'least.ts': 'export const least: number = 0;',
    });
    for (const reference of ['./brevity.ts', join(folder, 'brevity.ts')]) {
      const plugin = await load(reference, folder);
      expect(plugin.name).toBe('brevity');
      const context = { seed: 1, baseDirectory: folder, logger: fakeLogger() };
      const reward = await createFromPlugin(plugin, parseOptions(plugin, { limit: 3 }), context);
      const outcomes = await reward.score({
        sample: fakeSample(),
        completions: [2, 5].map((tokenCount) => ({ text: '', tokenCount, finishReason: 'stop' })),
        outcomes: new Map(),
        signal: new AbortController().signal,
      });
      expect(outcomes.map((outcome) => outcome.status === 'scored' && outcome.value)).toEqual([
        1, 0,
      ]);
      expect(() => parseOptions(plugin, { limti: 3 })).toThrow(
        /limti: unknown key; did you mean "limit"/,
      );
    }
  });

  test('a name that is not bundled is an npm package, looked for beside the config', async () => {
    const folder = folderWith({
      'node_modules/@acme/rewards/package.json':
        '{"name": "@acme/rewards", "type": "module", "exports": "./index.js"}',
      'node_modules/@acme/rewards/index.js': `import { z } from 'zod'; export const plugins = [${described('short')}, ${described('long')}, ${described('short', 'sink')}];`,
      'node_modules/plain-reward/package.json': '{"name": "plain-reward", "main": "index.cjs"}',
      'node_modules/plain-reward/index.cjs': `const { z } = require('zod'); exports.plugins = [${described('plain')}];`,
    });
    expect((await load('plain-reward', folder)).name).toBe('plain');
    expect((await load('@acme/rewards#long', folder)).name).toBe('long');
    await expect(load('@acme/rewards', folder)).rejects.toMatchObject({
      code: 'plugin-export',
      message: expect.stringContaining('short, long'),
    });
    await expect(load('@acme/rewards#lomg', folder)).rejects.toMatchObject({
      code: 'plugin-export',
      message: expect.stringContaining('did you mean "long"'),
    });
  });

  test('what is neither is unknown, with the near names', async () => {
    await expect(load('anwser', '/')).rejects.toMatchObject({
      code: 'unknown-plugin',
      message: expect.stringContaining('did you mean "answer"?'),
    });
    await expect(load('./nothing.ts', '/tmp')).rejects.toMatchObject({ code: 'plugin-unreadable' });
  });

  test('a file that is not there is named by its whole path, with those that may be meant', async () => {
    const folder = folderWith({
      'inventory.ts': '',
      'notes.md': '',
      'empty/notes.md': '',
      'other/x.js': '',
    });
    const complaint = (reference: string, base = folder) =>
      load(reference, base).then(
        () => 'nothing',
        (error: unknown) => (error as LociError).message,
      );
    expect(await complaint('./inventry.ts')).toBe(
      `The reward plugin ${join(folder, 'inventry.ts')} does not exist; did you mean "inventory.ts"?`,
    );
    expect(await complaint('./inventory')).toContain('did you mean "inventory.ts"?');
    expect(await complaint('./zebra.ts')).toContain('its folder has inventory.ts');
    expect(await complaint('./empty/zebra.ts')).toContain('its folder has no .ts or .js file');
    expect(await complaint('./nowhere/zebra.ts')).toContain(
      `its folder ${folder}/nowhere does not exist either`,
    );
    expect(await complaint(join(folder, 'other', 'inventory.ts'))).toContain(
      `there is ${join(folder, 'inventory.ts')}, but a path in a config file starts at the folder`,
    );
  });

  test('a module that does not parse, throws, or exports no plugin is named', async () => {
    const folder = folderWith({
      'broken.ts': 'export const = 3;',
      'throwing.ts': "throw new Error('no licence');",
      'empty.ts': 'export const reward = 3;',
    });
    await expect(load('./broken.ts', folder)).rejects.toMatchObject({ code: 'plugin-unreadable' });
    await expect(load('./throwing.ts', folder)).rejects.toMatchObject({
      code: 'plugin-unreadable',
      message: expect.stringContaining('no licence'),
    });
    await expect(load('./empty.ts', folder)).rejects.toMatchObject({
      code: 'plugin-export',
      message: expect.stringContaining('exports no reward plugin'),
    });
  });

  test('a module may have the name of a bundled plugin, which keeps the name; two modules may not share one', async () => {
    const twin = (name: string) =>
      `import { z } from 'zod'; export const twin = ${described(name)};`;
    const folder = folderWith({
      'answer.ts': twin('answer'),
      'one.ts': twin('mine'),
      'other.ts': twin('mine'),
    });
    const registry = new PluginRegistry([bundled]);
    const own = await loadPlugin('reward', './answer.ts', registry, folder);
    expect(own.name).toBe('answer');
    expect(own).not.toBe(bundled);
    expect(await loadPlugin('reward', 'answer', registry, folder)).toBe(bundled);
    await loadPlugin('reward', './one.ts', registry, folder);
    await expect(loadPlugin('reward', './other.ts', registry, folder)).rejects.toMatchObject({
      code: 'duplicate-plugin',
    });
  });
});
