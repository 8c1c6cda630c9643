/** The config that documents the default run must be the default run, options of every part included. */
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readConfig } from '@loci/core';
import { completeConfig } from '../src/complete-config.ts';
import { bundledPlugins } from '../src/compose.ts';
import { DEFAULTS } from '../src/defaults.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

describe('configs', () => {
  test('rooms.yaml is the default run', () => {
    const { config } = readConfig({ file: join(ROOT, 'configs/rooms.yaml'), defaults: DEFAULTS });
    const model = resolve(ROOT, String(config.policy['model']));
    const written = { ...config, policy: { ...config.policy, model } };
    expect(completeConfig(written, bundledPlugins)).toEqual(
      completeConfig(DEFAULTS, bundledPlugins),
    );
  });
});
