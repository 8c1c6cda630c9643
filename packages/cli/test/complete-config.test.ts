import { describe, expect, test } from '@jest/globals';
import { completeConfig } from '../src/complete-config.ts';
import { bundledPlugins } from '../src/compose.ts';
import { DEFAULTS } from '../src/defaults.ts';

describe('a complete config', () => {
  const complete = completeConfig(DEFAULTS, bundledPlugins);

  test('adds the options that were left to their defaults, and keeps the given ones', () => {
    expect(complete.objective).toMatchObject({ ...DEFAULTS.objective, klClamp: 10 });
    expect(complete.trainer).toEqual({ use: 'local' });
    expect(complete.rewards[0]!.options).toMatchObject({ letters: 'exact' });
    expect(complete.sinks[0]).toEqual({ use: 'jsonl', file: 'metrics.jsonl' });
  });

  test('completing it again changes nothing', () => {
    expect(completeConfig(complete, bundledPlugins)).toEqual(complete);
  });

  test('leaves wrong options and plugins from outside alone', () => {
    const policy = { use: './mine.ts', size: 3 };
    const schedule = { use: 'cosine', floor: 'low' };
    const odd = completeConfig({ ...DEFAULTS, policy, schedule }, bundledPlugins);
    expect(odd.policy).toEqual(policy);
    expect(odd.schedule).toEqual(schedule);
  });
});
