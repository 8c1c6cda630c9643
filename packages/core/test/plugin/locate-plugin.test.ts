import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { DEFAULT_RUN } from '../../src/config/defaults.ts';
import { definePlugin } from '../../src/plugin/define-plugin.ts';
import { locatePlugins, parseReference } from '../../src/plugin/locate-plugin.ts';
import { PluginRegistry } from '../../src/plugin/registry.ts';

const answer = definePlugin({
  kind: 'reward',
  name: 'answer',
  description: 'bundled',
  options: z.strictObject({}),
  create: () => ({ range: [0, 1], score: () => [] }),
});

/** Where a reference leads that a config file in `there` says, for someone who is in `here`. */
function located(use: string, there: string | undefined, here: string): string {
  const reward = { use, weight: 1, timeoutMs: 1, options: {} };
  const config = locatePlugins(
    { ...DEFAULT_RUN, rewards: [reward] },
    {
      registry: new PluginRegistry([answer]),
      origin: {
        describe: () => '',
        directoryOf: (path) => (path[0] === 'rewards' ? there : undefined),
      },
      baseDirectory: here,
    },
  );
  return config.rewards[0]!.use;
}

describe('a reference', () => {
  test.each([
    ['answer', { target: 'answer' }],
    ['./mine.ts#brevity', { target: './mine.ts', name: 'brevity' }],
    ['@acme/rewards#long-one', { target: '@acme/rewards', name: 'long-one' }],
    ['/home/c#/mine.ts', { target: '/home/c#/mine.ts' }],
    ['/home/c#/mine.ts#brevity', { target: '/home/c#/mine.ts', name: 'brevity' }],
  ])('%s', (reference, parts) => {
    expect(parseReference(reference)).toEqual(parts);
  });

  test('by path starts at the folder of its config file, or else at the base', () => {
    expect(located('./mine.ts', '/there', '/here')).toBe('/there/mine.ts');
    expect(located('../mine.ts#brevity', '/there/recipes', '/here')).toBe('/there/mine.ts#brevity');
    expect(located('mine.ts', undefined, '/here')).toBe('/here/mine.ts');
    expect(located('/else/mine.ts', '/there', '/here')).toBe('/else/mine.ts');
  });

  test('to a package is looked for above the config file, then above the base', () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'loci-packages-')));
    const main = join(folder, 'node_modules/@acme/rewards/main.js');
    mkdirSync(join(main, '..'), { recursive: true });
    writeFileSync(main, '');
    writeFileSync(join(main, '../package.json'), '{"main": "main.js"}');
    expect(located('@acme/rewards#long', join(folder, 'recipes'), '/here')).toBe(`${main}#long`);
    expect(located('@acme/rewards', '/there', folder)).toBe(main);
    expect(located('@acme/rewards', '/there', '/here')).toBe('@acme/rewards');
  });

  test('to a bundled plugin stays, and so does every other part', () => {
    expect(located('answer', '/there', '/here')).toBe('answer');
    const none = { describe: () => '', directoryOf: () => undefined };
    const registry = new PluginRegistry([answer]);
    expect(
      locatePlugins(DEFAULT_RUN, { registry, origin: none, baseDirectory: '/nowhere' }),
    ).toEqual(DEFAULT_RUN);
  });
});
