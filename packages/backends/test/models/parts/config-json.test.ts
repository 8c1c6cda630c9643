import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { checkConfigRules, parseConfigJson } from '../../../src/models/parts/config-json.ts';

const schema = z.object({ model_type: z.literal('toy'), text: z.object({ width: z.int() }) });
const read = (json: unknown) => parseConfigJson(schema, json, { title: 'Toy', file: 'a.json' });

test('a config is read by its schema', () => {
  const json = { model_type: 'toy', text: { width: 8 } };
  expect(read(json)).toEqual(json);
});

test('errors name the file and every key; of another model only its kind', () => {
  expect(() => read({ model_type: 'toy', text: { width: 0.5 } })).toThrow(
    /^a\.json: not a Toy config\. "text\.width": /,
  );
  expect(() => read({ model_type: 'other', text: {} })).toThrow(
    /Toy config\. "model_type": [^;]*$/,
  );
  expect(() => read(7)).toThrow('"the file"');
});

test('the first relation that does not hold is named', () => {
  const rules = [
    [true, 'one'],
    [false, 'two'],
    [false, 'three'],
  ] as const;
  expect(() => checkConfigRules(rules, 'a.json')).toThrow('a.json: two');
  expect(() => checkConfigRules(rules.slice(0, 1), 'a.json')).not.toThrow();
});
