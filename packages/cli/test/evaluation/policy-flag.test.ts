import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { policyOverrides } from '../../src/evaluation/policy-flag.ts';

const place = mkdtempSync(join(tmpdir(), 'loci-policy-'));
for (const [folder, file] of [
  ['model', 'config.json'],
  ['adapter', 'adapter_config.json'],
  ['data', 'test.jsonl'],
  ['node_modules/my-policy', 'index.js'],
  ['run/checkpoints/step-000020', 'config.json'],
  ['run/checkpoints/step-000010', 'config.json'],
] as const) {
  mkdirSync(join(place, folder), { recursive: true });
  writeFileSync(join(place, folder, file), '');
}

test.each([
  ['model', [`policy.model="${place}/model"`]],
  ['adapter', ['policy.lora=null', `policy.lora={"adapter":"${place}/adapter"}`]],
  ['tfjs', ['policy.use="tfjs"']],
  ['./mine.ts', ['policy.use="./mine.ts"']],
  ['my-policy', ['policy.use="my-policy"']],
  ['{use: openai, model: m}', ['policy={use: openai, model: m}']],
])('%s', (text, overrides) => {
  expect(policyOverrides(text, place)).toEqual(overrides);
});

test.each([
  ['gpt-4o', /no folder .*gpt-4o, and no policy "gpt-4o" \(there are onnx.*use: openai/],
  ['models/none', /no folder .*models\/none/],
  ['data', /data has no model: it has neither config\.json nor adapter_config\.json/],
  ['', /has no model/],
  ['run', /is a run; its newest model is .*run\/checkpoints\/step-000020$/],
])('"%s" is neither a model nor a policy', (text, message) => {
  expect(() => policyOverrides(text, place)).toThrow(message);
});
