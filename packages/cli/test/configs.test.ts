/** The config that documents the default run must be the default run, options of every part included. */
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PART_KEYS, PluginRegistry, parseOptions, readConfig } from '@loci/core';
import type { PluginKind, RunConfig } from '@loci/core';
import { bundledPlugins } from '../src/compose.ts';
import { DEFAULTS } from '../src/defaults.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** A config with the defaults of every plugin's options filled in. */
function complete(config: RunConfig): unknown {
  const registry = new PluginRegistry(bundledPlugins);
  const filled = (kind: PluginKind, { use, ...options }: { readonly use: string }): unknown => ({
    use,
    options: parseOptions(registry.get(kind, use), options),
  });
  return {
    ...config,
    ...Object.fromEntries(PART_KEYS.map((key) => [key, filled(key, config[key])])),
    rewards: config.rewards.map(({ use, options, ...rest }) => ({
      ...rest,
      ...(filled('reward', { use, ...options }) as object),
    })),
    sinks: config.sinks.map((sink) => filled('sink', sink)),
  };
}

describe('configs', () => {
  test('rooms.yaml is the default run', () => {
    const { config } = readConfig({ file: join(ROOT, 'configs/rooms.yaml'), defaults: DEFAULTS });
    const model = resolve(ROOT, String(config.policy['model']));
    expect(complete({ ...config, policy: { ...config.policy, model } })).toEqual(
      complete(DEFAULTS),
    );
  });
});
