/** Values from the environment: what they become, and what is written of them. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { escapeReferences, expandText } from '../../src/config/environment.ts';
import { readConfig } from '../../src/config/read-config.ts';
import type { LoadedConfig } from '../../src/config/read-config.ts';
import { recordedPart, rememberRecordedParts } from '../../src/config/recorded-config.ts';
import { storedConfigText } from '../../src/config/stored-config.ts';
import { configFolder, failureOf } from './config-folder.ts';

const environment = {
  TOKEN: 'geheim-4711',
  STEPS: '12',
  FOLDER: '/data',
  EMPTY: '',
  PIN: '0123',
  ODD: '{a: 1} # b',
};

function read(text: string, set: readonly string[] = [], variables = environment): LoadedConfig {
  return readConfig({
    file: configFolder({ 'run.yaml': text })('run.yaml'),
    set,
    environment: variables,
  });
}

describe('a reference', () => {
  test.each([
    ['steps: ${STEPS}', { steps: 12 }],
    ['steps: ${NONE:-30}', { steps: 30 }],
    ['steps: ${EMPTY:-30}', { steps: 30 }],
    ['dataset: { use: rooms, folder: "${FOLDER}/rooms" }', { dataset: { folder: '/data/rooms' } }],
    ['dataset:\n  folder: ${FOLDER}/${STEPS}', { dataset: { folder: '/data/12' } }],
    ['dataset:\n  folder: "${PIN}"', { dataset: { folder: '0123' } }],
    ['dataset:\n  folder: ${ODD}', { dataset: { folder: '{a: 1} # b' } }],
    ['dataset:\n  folder: ${EMPTY}', { dataset: { folder: '' } }],
    ['dataset:\n  folder: $${FOLDER} costs $5', { dataset: { folder: '${FOLDER} costs $5' } }],
    ['evaluate:\n  controls: ${NONE:-false}', { evaluate: { controls: false } }],
  ])('in %j becomes %j', (text, expected) => {
    expect(read(text).config).toMatchObject(expected);
  });

  test('is read in a flag too', () => {
    expect(read('', ['steps=${STEPS}', 'dataset.folder="${STEPS}"']).config).toMatchObject({
      steps: 12,
      dataset: { folder: '12' },
    });
  });

  test.each([
    [
      'seed: 1\npolicy:\n  token: ${NONE}',
      'line 3, column 3: policy.token: the environment has no variable NONE: set it, or give a default as in ${NONE:-default}',
    ],
    ['steps: ${NONE}', 'line 1, column 1: steps: the environment has no variable NONE'],
    ['policy: "${NONE}"', 'line 1, column 1: policy: the environment has no variable NONE'],
    ['steps: ${1X}', '"${1X}" is not a valid reference to a variable'],
    ['steps: ${STEPS', '"${STEPS" is not a valid reference'],
    ['steps: ${STEPS-3}', '"${STEPS-3}" is not a valid reference'],
    ['extends: ${NONE}', 'line 1, column 1: extends: the environment has no variable NONE'],
  ])('in %j is an error that names its place', (text, message) => {
    const error = failureOf(() => read(text));
    expect(error.code).toBe('config-invalid');
    expect(error.message).toContain(message);
    expect(error.message.split('\n')).toHaveLength(1);
  });

  test('that is unset is no error where another layer says something else, or nothing uses it', () => {
    expect(read('steps: ${NONE}', ['steps=3']).config.steps).toBe(3);
    expect(read('x-a: ${NONE}\n').config.steps).toBe(180);
  });

  test('in braces without quotes breaks the file, and the message says what to do', () => {
    expect(failureOf(() => read('dataset: { folder: ${FOLDER} }'))).toMatchObject({
      code: 'config-syntax',
      message: expect.stringContaining('needs quotes'),
    });
  });

  test('of any text without one stands for itself, and any text can be escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', 'a', ':', '-') }), (text) => {
        expect(expandText(escapeReferences(text), {})).toEqual({ text, variables: [] });
      }),
    );
  });
});

describe('what is stored', () => {
  const yaml = [
    'steps: ${STEPS}',
    'policy:',
    '  use: onnx',
    '  token: "${TOKEN}"',
    '  other: Bearer ${TOKEN}',
    '  plain: ${PIN}',
    '  literal: $${TOKEN}',
    '  quoted: "${STEPS}"',
    'sinks:',
    '  - { use: jsonl, key: "${TOKEN}" }',
    '',
  ].join('\n');

  test('has the reference of a text and the value of a number, and reads back as the same config', () => {
    const { config, origin } = read(yaml);
    expect(config.policy).toEqual({
      use: 'onnx',
      token: 'geheim-4711',
      other: 'Bearer geheim-4711',
      plain: 123,
      literal: '${TOKEN}',
      quoted: '12',
    });
    const text = storedConfigText(config, origin);
    expect(text).not.toContain('geheim');
    expect(parse(text)).toMatchObject({
      version: 3,
      steps: 12,
      policy: {
        token: '${TOKEN}',
        other: 'Bearer ${TOKEN}',
        plain: 123,
        literal: '$${TOKEN}',
        quoted: '${STEPS}',
      },
      sinks: [{ key: '${TOKEN}' }],
    });
    expect(read(text).config).toEqual(config);
    const again = read(text);
    expect(storedConfigText(again.config, again.origin)).toBe(text);
    expect(
      failureOf(() => read(text, [], { ...environment, TOKEN: undefined } as never)).message,
    ).toContain('policy.token: the environment has no variable TOKEN');
  });

  test('a reference of a replaced part is not written for an option of the same name', () => {
    const { config, origin } = read('policy: { use: one, token: "${TOKEN}" }', ['policy.use=two']);
    expect(config.policy).toEqual({ use: 'two' });
    const completed = { ...config, policy: { ...config.policy, token: 'a default' } };
    expect(parse(storedConfigText(completed, origin))).toMatchObject({
      policy: { token: 'a default' },
    });
  });

  test('what an earlier release stored is meant as it is written', () => {
    expect(read('version: 2\ndataset: { folder: "${TOKEN}" }\n').config.dataset['folder']).toBe(
      '${TOKEN}',
    );
  });

  test('an evaluation records a digest that tells another value from the same one', () => {
    const recordOf = (token: string): unknown => {
      const { config, origin } = read(yaml, [], { ...environment, TOKEN: token });
      rememberRecordedParts(config, origin);
      return recordedPart(config.policy);
    };
    expect(recordOf('a')).toEqual(recordOf('a'));
    expect(recordOf('a')).not.toEqual(recordOf('b'));
    expect(JSON.stringify(recordOf('geheim'))).not.toContain('geheim');
    expect(recordOf('a')).toMatchObject({
      use: 'onnx',
      token: expect.stringMatching(/^\$\{TOKEN\} \(sha256 [0-9a-f]{12}\)$/),
    });
  });
});
