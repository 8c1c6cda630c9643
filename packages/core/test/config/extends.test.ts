/** Configs over configs: `extends`, several files, anchors under keys of one's own. */
import { dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_RUN } from '../../src/config/defaults.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { configFolder, failureOf } from './config-folder.ts';

describe('extends', () => {
  const at = configFolder({
    'base/rooms.yaml': 'steps: 5\nseed: 7\npolicy: ./engine.ts\nrewards: [answer, map]\n',
    'base/small.yaml': 'steps: 6\npromptsPerStep: 2\n',
    'mine.yaml':
      '$schema: ../run.schema.json\nextends: [base/rooms.yaml, ./base/small.yaml]\nseed: 8\nrewards:\n  - format\n',
    'further.yaml': 'extends: mine.yaml\npromptsPerStep: 3\n',
  });

  test('lays a file over those that it names, later ones over earlier ones, in the folder of each', () => {
    const { config, origin } = readConfig({ file: at('further.yaml') });
    expect(config).toMatchObject({
      steps: 6,
      seed: 8,
      promptsPerStep: 3,
      policy: { use: './engine.ts' },
    });
    expect(config.rewards.map(({ use }) => use)).toEqual(['format']);
    expect(origin.directoryOf(['policy', 'use'])).toBe(dirname(at('base/rooms.yaml')));
    expect(origin.directoryOf(['rewards', 0, 'use'])).toBe(dirname(at('mine.yaml')));
    expect(origin.describe(['steps'])).toBe(`${at('base/small.yaml')}, line 1, column 1`);
    expect(origin.sourceOf(['steps'])).toEqual({
      kind: 'file',
      file: at('base/small.yaml'),
      line: 1,
      column: 1,
      extendedBy: [at('further.yaml'), at('mine.yaml')],
    });
    expect(origin.sourceOf(['accumulation'])).toEqual({ kind: 'default' });
    expect(origin.sourceOf(['rewards', 0, 'weight'])).toBeUndefined();
  });

  test('several files are laid in order, and a flag over all', () => {
    const { config, origin } = readConfig({
      file: [at('base/small.yaml'), at('base/rooms.yaml')],
      set: ['seed=9'],
    });
    expect(config).toMatchObject({ steps: 5, promptsPerStep: 2, seed: 9 });
    expect(origin.sourceOf(['seed'])).toEqual({ kind: 'set', setting: 'seed=9' });
  });

  test('a wrong value is named in the file that says it', () => {
    const wrong = configFolder({
      'a.yaml': 'seed: 1\nsteps: few\n',
      'b.yaml': 'extends: a.yaml\n',
    });
    const { message } = failureOf(() => readConfig({ file: wrong('b.yaml') }));
    expect(message).toContain(`${wrong('a.yaml')}, line 2, column 1: steps: `);
  });

  test('of a part that an upper file gives to another plugin, the lower file is not named', () => {
    const parts = configFolder({
      'a.yaml': 'schedule: { use: cosine, warmupSteps: 4 }\n',
      'b.yaml': 'extends: a.yaml\nschedule:\n  use: constant\n',
    });
    const { config, origin } = readConfig({ file: parts('b.yaml') });
    expect(config.schedule).toEqual({ use: 'constant' });
    expect(origin.describe(['schedule', 'warmupSteps'])).toBe(
      `${parts('b.yaml')}, line 2, column 1`,
    );
  });

  test.each([
    [{ 'a.yaml': 'extends: a.yaml\n' }, /a\.yaml → .*a\.yaml/],
    [
      {
        'a.yaml': 'extends: b.yaml\n',
        'b.yaml': 'extends: c.yaml\n',
        'c.yaml': 'seed: 1\nextends: [./b.yaml]\n',
      },
      /c\.yaml, line 2, column 11: extends: .*: \S*b\.yaml → \S*c\.yaml → \S*b\.yaml; remove/,
    ],
  ])('%j is a circle, with its files named', (files, message) => {
    const circle = configFolder(files);
    const error = failureOf(() => readConfig({ file: circle('a.yaml') }));
    expect(error.code).toBe('config-circular');
    expect(error.message).toMatch(message);
  });

  test('one file may be extended on two ways', () => {
    const files = configFolder({
      'base.yaml': 'steps: 3\n',
      'b.yaml': 'extends: base.yaml\n',
      'c.yaml': 'extends: base.yaml\nseed: 4\n',
      'a.yaml': 'extends: [b.yaml, c.yaml]\n',
    });
    expect(readConfig({ file: files('a.yaml') }).config).toMatchObject({ steps: 3, seed: 4 });
  });

  test.each([
    [
      'extends: 4\n',
      'config-invalid',
      /line 1, column 1: extends: must be a file, or a list of files/,
    ],
    ['extends: [4]\n', 'config-invalid', /line 1, column 11: extends: must be a file/],
    [
      '\nextends: nowhere.yaml\n',
      'config-unreadable',
      /run\.yaml, line 2, column 1: extends: Cannot read the config \S*nowhere\.yaml/,
    ],
    ['$schema: 4\n', 'config-invalid', /line 1, column 1: \$schema: /],
  ])('%j is an error', (text, code, message) => {
    const error = failureOf(() =>
      readConfig({ file: configFolder({ 'run.yaml': text })('run.yaml') }),
    );
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });
});

describe('anchors', () => {
  const text = [
    'x-shared:',
    '  numbers: &numbers',
    '    weight: 2',
    '    timeoutMs: 5',
    '  list: &list [answer, format]',
    'rewards:',
    '  - { use: answer, <<: *numbers }',
    '  - use: format',
    '    <<: *numbers',
    '    weight: heavy',
    '',
  ].join('\n');

  test('stand under a key of one’s own; a merged value is named where its anchor is', () => {
    const file = configFolder({ 'run.yaml': text.replace('heavy', '3') })('run.yaml');
    const { config, origin } = readConfig({ file });
    expect(config.rewards.map(({ weight, timeoutMs }) => [weight, timeoutMs])).toEqual([
      [2, 5],
      [3, 5],
    ]);
    expect(origin.sourceOf(['rewards', 0, 'weight'])).toMatchObject({ line: 3 });
    expect(origin.sourceOf(['rewards', 1, 'weight'])).toMatchObject({ line: 10 });
  });

  test('a wrong value of theirs is an error in its place', () => {
    const file = configFolder({ 'run.yaml': text })('run.yaml');
    expect(failureOf(() => readConfig({ file })).message).toContain(
      'line 10, column 5: rewards.1.weight',
    );
  });

  test('an alias without an anchor is a broken file, and an own key without x- an unknown one', () => {
    const files = configFolder({ 'a.yaml': 'rewards: *gone\n', 'b.yaml': 'shared: 4\n' });
    expect(failureOf(() => readConfig({ file: files('a.yaml') }))).toMatchObject({
      code: 'config-syntax',
      message: expect.stringContaining('gone'),
    });
    expect(failureOf(() => readConfig({ file: files('b.yaml') })).message).toContain('unknown key');
  });

  test('an alias in a list is named where it is written', () => {
    const own = 'x-a: &a { use: answer, weight: wrong }\nrewards:\n  - format\n  - *a\n';
    const file = configFolder({ 'run.yaml': own })('run.yaml');
    const { message } = failureOf(() => readConfig({ file }));
    expect(message).toContain('run.yaml, line 1, column 24: rewards.1.weight');
    const { origin } = readConfig({
      file: configFolder({ 'run.yaml': own.replace('wrong', '2') })('run.yaml'),
    });
    expect(origin.sourceOf(['rewards', 1])).toMatchObject({ line: 4, column: 5 });
  });
});

test('a file with only keys of one’s own is the built-in run', () => {
  const file = configFolder({ 'run.yaml': 'x-a: 1\n' })('run.yaml');
  expect(readConfig({ file }).config).toEqual(DEFAULT_RUN);
});
