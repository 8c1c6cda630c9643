/** The schemas for editors, against the code and against real config files. */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { configJsonSchema } from '@loci/core';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { bundledPlugins } from '../../src/compose.ts';
import { DEFAULTS } from '../../src/defaults.ts';
import { schemaFiles } from '../../src/schemas/schema-files.ts';

const CONFIGS = resolve(import.meta.dirname, '../../../../configs');
const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(
  configJsonSchema(bundledPlugins),
);

/** Key paths at which a config is wrong, as `/rewards/0`. */
function faults(config: unknown): readonly string[] {
  return validate(config) ? [] : (validate.errors ?? []).map(({ instancePath }) => instancePath);
}

test('the files are those that the zod objects make: after a change, run npx nx run cli:schemas', () => {
  for (const { path, text } of schemaFiles()) {
    expect(readFileSync(path, 'utf8') === text ? path : `${path} is out of date`).toBe(path);
    expect(text).not.toContain(resolve(CONFIGS, '..'));
  }
});

describe('a config file', () => {
  test.each(
    readdirSync(CONFIGS, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.yaml'),
    ),
  )('of this repository is valid and names the schema: %s', (name) => {
    const text = readFileSync(join(CONFIGS, name), 'utf8');
    const [, schema] = /^# yaml-language-server: \$schema=(\S+)\n/u.exec(text) ?? [];
    const named = JSON.parse(readFileSync(resolve(CONFIGS, dirname(name), schema ?? ''), 'utf8'));
    const isValid = new Ajv({ strict: false, validateFormats: false }).compile(named as object);
    expect([isValid(parse(text)), isValid.errors]).toEqual([true, null]);
    expect(schemaFiles().map(({ path }) => path)).toContain(
      resolve(CONFIGS, dirname(name), schema ?? ''),
    );
  });

  test.each([
    [{}],
    [DEFAULTS],
    [{ $schema: './run.schema.json', extends: ['a.yaml'], 'x-mine': { any: 1 }, version: 3 }],
    [{ policy: 'tfjs', rewards: ['answer', './mine.ts'], sinks: ['jsonl'] }],
    [{ policy: { threads: 2 }, objective: { klWeight: 0 } }],
    [
      {
        policy: { use: '@acme/policies#one', anything: [1] },
        rewards: [{ use: './a.ts', options: { b: 1 } }],
      },
    ],
    [{ steps: '${STEPS}', policy: { use: 'onnx', model: '${MODEL}', threads: '${T:-2}' } }],
    [{ evaluate: { benchmarks: ['vsi-bench', { use: 'vsi-bench', data: 'd', items: 3 }] } }],
    [{ stopWhen: { collapse: { steps: 4 } } }],
  ])('may be %j', (config) => {
    expect(faults(JSON.parse(JSON.stringify(config)))).toEqual([]);
  });

  test.each([
    [{ step: 3 }, ''],
    [{ steps: 'many' }, '/steps'],
    [{ extends: 3 }, '/extends'],
    [{ policy: { use: 'onnx', engine: 'auto' } }, '/policy'],
    [{ policy: { use: 'tfjs', provider: 'cpu' } }, '/policy'],
    [{ policy: { nonsense: 1 } }, '/policy'],
    [{ objective: { use: 'grpo', aggregation: 'sum' } }, '/objective/aggregation'],
    [{ rewards: [{ use: 'answer', weight: 'x' }] }, '/rewards/0/weight'],
    [{ rewards: [{ use: 'answer', options: { letter: 'exact' } }] }, '/rewards/0/options'],
    [{ rewards: [{ weight: 2 }] }, '/rewards/0'],
    [{ sinks: [{ use: 'jsonl', files: 'a' }] }, '/sinks/0'],
    [
      { evaluate: { benchmarks: [{ use: 'vsi-bench', data: 'd', itemz: 3 }] } },
      '/evaluate/benchmarks/0',
    ],
    [{ sampler: { temperature: -1 } }, '/sampler/temperature'],
  ])('may not be %j', (config, place) => {
    expect(faults(config)).toContain(place);
  });
});
