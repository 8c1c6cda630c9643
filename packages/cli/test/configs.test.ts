/** The config that documents the default run must be the default run, options of every part included. */
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readConfig } from '@loci/core';
import { completeConfig } from '../src/complete-config.ts';
import { bundledPlugins } from '../src/compose.ts';
import { DEFAULTS, readRunConfig, sharedByPolicies } from '../src/defaults.ts';

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

  test('rooms-tfjs.yaml is the default run on another engine', () => {
    const file = join(ROOT, 'configs/rooms-tfjs.yaml');
    const { config } = readRunConfig({ config: file, set: [] }, { userDirectory: ROOT });
    const complete = completeConfig(config, bundledPlugins);
    expect(complete.policy).toMatchObject({
      use: 'tfjs',
      engine: 'auto',
      model: DEFAULTS.policy['model'],
      positionRule: '4.49',
    });
    const policy = completeConfig(DEFAULTS, bundledPlugins).policy;
    expect({ ...complete, policy }).toEqual(completeConfig(DEFAULTS, bundledPlugins));
  });

  test('rooms-calibrated.yaml is the default run with another map score', () => {
    const file = join(ROOT, 'configs/rooms-calibrated.yaml');
    const { config } = readRunConfig({ config: file, set: [] }, { userDirectory: ROOT });
    const complete = completeConfig(config, bundledPlugins);
    const defaults = completeConfig(DEFAULTS, bundledPlugins);
    expect({ ...complete, rewards: defaults.rewards }).toEqual(defaults);
    const weights = (rewards: typeof config.rewards) =>
      rewards.map(({ use, weight }) => [use, weight]);
    expect(weights(complete.rewards)).toEqual(weights(defaults.rewards));
    expect(complete.rewards[1]?.options).toMatchObject({
      scoring: 'calibrated',
      symmetries: 'none',
      when: 'always',
    });
  });

  test('engines share what says which model is run, and nothing of their own', () => {
    const shared = sharedByPolicies('onnx', 'tfjs');
    expect(shared).toEqual(expect.arrayContaining(['model', 'threads', 'positionRule']));
    expect(shared).not.toContain('lowering');
    expect(sharedByPolicies('onnx', './mine.ts')).toEqual([]);
  });
});
