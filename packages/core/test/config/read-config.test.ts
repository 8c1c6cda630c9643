import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_RUN } from '../../src/config/defaults.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { LociError } from '../../src/errors/loci-error.ts';

function yamlFile(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'loci-config-')), 'run.yaml');
  writeFileSync(file, text);
  return file;
}

function failure(action: () => unknown): LociError {
  try {
    action();
  } catch (thrown) {
    if (LociError.is(thrown)) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

describe('readConfig', () => {
  test('gives the built-in run when nothing is said', () => {
    expect(readConfig().config).toEqual(DEFAULT_RUN);
  });

  test('says of what is not there that it is missing', () => {
    const file = yamlFile('rewards:\n  - { weight: 2 }\n');
    const { message } = failure(() => readConfig({ file }));
    expect(message).toContain('rewards.0.use: is missing; it must be given (string)');
  });

  test('lays file over defaults and --set over the file', () => {
    const file = yamlFile('steps: 5\nsampler:\n  temperature: 0.5\nschedule: constant\n');
    const { config } = readConfig({
      file,
      set: ['sampler.temperature=1e-1', 'rewards.0.weight=2', 'evaluate.questions=7'],
    });
    expect(config.steps).toBe(5);
    expect(config.sampler).toEqual({ ...DEFAULT_RUN.sampler, temperature: 0.1 });
    expect(config.schedule).toEqual({ use: 'constant' });
    expect(config.rewards[0]).toEqual({ ...DEFAULT_RUN.rewards[0], weight: 2 });
    expect(config.evaluate).toEqual({ ...DEFAULT_RUN.evaluate, questions: 7 });
  });

  test('drops the options of a part that is replaced by another plugin', () => {
    const defaults = { ...DEFAULT_RUN, schedule: { use: 'cosine', warmupSteps: 4 } };
    const replaced = readConfig({ defaults, set: ['schedule={use: constant}'] }).config.schedule;
    expect(replaced).toEqual({ use: 'constant' });
    expect(readConfig({ defaults, set: ['schedule.use=constant'] }).config.schedule).toEqual({
      use: 'constant',
    });
    expect(readConfig({ defaults, set: ['schedule=cosine'] }).config.schedule).toEqual({
      use: 'cosine',
      warmupSteps: 4,
    });
  });

  test('a list of rewards replaces the defaults, bare names allowed, and a set may append', () => {
    const file = yamlFile('rewards: [answer, { use: format, weight: 0.5 }]\n');
    const { rewards } = readConfig({ file, set: ['rewards.2=map'] }).config;
    expect(rewards.map(({ use, weight, timeoutMs }) => [use, weight, timeoutMs])).toEqual([
      ['answer', 1, 10_000],
      ['format', 0.5, 10_000],
      ['map', 1, 10_000],
    ]);
  });

  test('what it resolved reads back as the same', () => {
    const { config } = readConfig({ set: ['steps=3', 'sampler.topK=9'] });
    const file = yamlFile(JSON.stringify(config));
    expect(readConfig({ file }).config).toEqual(config);
  });

  test.each([
    ['steps: many\n', 'line 1, column 1: steps: '],
    [
      'seed: 1\n\nevaluate:\n  every: 5\n  question: 9\n',
      'line 5, column 3: evaluate.question: unknown key; did you mean "questions"?',
    ],
    ['sed: 3\n', 'line 1, column 1: sed: unknown key; did you mean "seed"?'],
    ['rewards:\n  - use: answer\n    wait: 4\n', 'line 3, column 5: rewards.0.wait: unknown key'],
    [
      'rewards:\n  - answer\n  - { use: format, weight: heavy }\n',
      'line 3, column 20: rewards.1.weight: ',
    ],
    ['policy: 4\n', 'line 1, column 1: policy: '],
  ])('names line, column and key of %j', (text, message) => {
    const error = failure(() => readConfig({ file: yamlFile(text) }));
    expect(error.code).toBe('config-invalid');
    expect(error.message).toContain(`run.yaml, ${message}`);
  });

  test('lists every problem, one a line', () => {
    const error = failure(() => readConfig({ file: yamlFile('steps: -1\nseed: 1.5\n') }));
    expect(error.message.split('\n')).toHaveLength(2);
  });

  test('names the flag when a flag is wrong', () => {
    const error = failure(() => readConfig({ set: ['checkpoint.keep=all'] }));
    expect(error.message).toMatch(/^--set checkpoint\.keep=all: checkpoint\.keep: /);
  });

  test.each([
    ['steps'],
    ['=4'],
    ['a..b=4'],
    ['steps=[1'],
    ['rewards.9=answer'],
    ['rewards.x.weight=1'],
  ])('refuses the flag %j', (flag) => {
    expect(failure(() => readConfig({ set: [flag] })).code).toBe('config-override');
  });

  test('names line and column of broken YAML, and a file that is not there', () => {
    const broken = failure(() => readConfig({ file: yamlFile('steps: 3\nseed: [1, 2\n') }));
    expect(broken.code).toBe('config-syntax');
    expect(broken.message).toMatch(/run\.yaml, line \d+, column \d+: /);
    expect(failure(() => readConfig({ file: '/nowhere/run.yaml' })).code).toBe('config-unreadable');
    expect(failure(() => readConfig({ file: yamlFile('- 1\n') })).code).toBe('config-syntax');
  });

  test('knows the folder of the file that says a value, and that a flag or a default says it instead', () => {
    const text =
      'policy: ./a.ts\nsampler: { topK: 3 }\nrewards:\n  - ./b.ts\n  - { use: ./c.ts }\n';
    const file = yamlFile(text);
    const folderOf = (path: readonly PropertyKey[], set: readonly string[] = []) =>
      readConfig({ file, set }).origin.directoryOf(path);
    for (const path of [
      ['policy', 'use'],
      ['rewards', 0, 'use'],
      ['rewards', 1, 'use'],
    ]) {
      expect(folderOf(path)).toBe(dirname(file));
    }
    expect(folderOf(['sampler', 'use'])).toBeUndefined();
    expect(folderOf(['rewards', 1, 'use'], ['rewards.1.weight=2'])).toBe(dirname(file));
    expect(folderOf(['rewards', 1, 'use'], ['rewards.1={ weight: 2 }'])).toBe(dirname(file));
    for (const set of ['rewards.1.use=./d.ts', 'rewards.1=./d.ts', 'rewards=[answer, ./d.ts]']) {
      expect(folderOf(['rewards', 1, 'use'], [set])).toBeUndefined();
    }
    expect(readConfig().origin.directoryOf(['policy', 'use'])).toBeUndefined();
  });

  test('an empty file is the built-in run', () => {
    expect(readConfig({ file: yamlFile('# nothing yet\n') }).config).toEqual(DEFAULT_RUN);
  });
});

describe('a part that changes plugins', () => {
  const defaults = { ...DEFAULT_RUN, policy: { use: 'one', model: 'folder', speed: 3 } };
  const shared = (before: string, after: string) =>
    before === 'one' && after === 'two' ? ['model'] : [];

  test('keeps what both plugins are said to share, in a file and in a flag', () => {
    const kept = { use: 'two', model: 'folder' };
    expect(readConfig({ defaults, shared, set: ['policy.use=two'] }).config.policy).toEqual(kept);
    expect(readConfig({ defaults, shared, set: ['policy=two'] }).config.policy).toEqual(kept);
    const file = yamlFile('policy: { use: two }\n');
    expect(readConfig({ defaults, shared, file }).config.policy).toEqual(kept);
    const other = yamlFile('policy: { use: two, model: other }\n');
    expect(readConfig({ defaults, shared, file: other }).config.policy).toEqual({
      use: 'two',
      model: 'other',
    });
  });

  test('keeps nothing otherwise', () => {
    expect(readConfig({ defaults, shared, set: ['policy.use=three'] }).config.policy).toEqual({
      use: 'three',
    });
  });
});
