import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { DEFAULT_RUN } from '../../src/config/defaults.ts';
import { runConfigSchema } from '../../src/config/run-config.ts';
import { isPlugin } from '../../src/plugin/is-plugin.ts';
import { tokenOf, tokens } from '../../src/plugin/tokens.ts';
import { corePlugins } from '../../src/run/create-run.ts';
import { KINDS, PART_KEYS, PLUGIN_KINDS } from '../../src/spec/kinds.ts';

describe('every kind of the table', () => {
  test.each(PLUGIN_KINDS)('%s: descriptors of it are plugins, and it has a token', (kind) => {
    const plugin = { kind, name: 'x', options: z.strictObject({}), create: () => ({}) };
    expect(isPlugin(plugin)).toBe(true);
    expect(Object.values(tokens)).toContain(tokenOf(kind));
  });

  test('of which a run has one is a key of the config, and has a default', () => {
    expect(PART_KEYS).toEqual(PLUGIN_KINDS.filter((kind) => KINDS[kind].count === 'one'));
    for (const key of PART_KEYS) {
      expect(Object.keys(runConfigSchema.shape)).toContain(key);
      expect(DEFAULT_RUN[key]).toHaveProperty('use');
    }
  });

  test('and nothing else is a kind', () => {
    const plugin = { name: 'x', options: z.strictObject({}), create: () => ({}) };
    for (const kind of ['sampler', 'optimizer', 'toString']) {
      expect(isPlugin({ ...plugin, kind })).toBe(false);
    }
    expect(new Set(Object.values(tokens)).size).toBe(Object.keys(tokens).length);
  });
});

test('core brings each of its plugins once', () => {
  const names = corePlugins.map(({ kind, name }) => `${kind} ${name}`);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('trainer local');
});
