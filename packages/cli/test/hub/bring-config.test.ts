/** References of a config to the hub: pinned in what is recorded, and files of this disk for plugins. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Logger, RunConfig } from '@loci/core';
import { commitTo } from '@loci/hub/testing';
import { DEFAULTS, readRunConfig } from '../../src/defaults.ts';
import { bringConfig } from '../../src/hub/bring-config.ts';
import type { HubPart } from '../../src/hub/bring-config.ts';
import { onHub } from '../support/on-hub.ts';

const hub = onHub();

const MODEL = { 'config.json': '{}', 'model.safetensors': 'w', 'tokenizer.json': '{}' };
const RECORD = '{"question": "?", "media": ["a.jpg"], "answer": 1}\n';

function bring(set: readonly string[], parts?: readonly HubPart[], lines: string[] = []) {
  const logger: Logger = {
    info: (line) => void lines.push(line),
    warn: (line) => void lines.push(line),
  };
  return bringConfig(readRunConfig({ set }).config, logger, parts);
}

test('a config without a reference stays unchanged, without a request to the hub', async () => {
  const brought = await bring([]);
  expect(brought.config).toEqual(DEFAULTS);
  expect(brought.localPaths.size).toBe(0);
  expect(hub.server.seen).toEqual([]);
});

test('a model and an adapter are pinned, and plugins get their folders', async () => {
  const { commit } = hub.server.add('model', 'o/m', MODEL);
  const adapter = hub.server.add('model', 'o/a', {
    'adapter_config.json': '{}',
    'adapter_model.safetensors': 'a',
  });
  const { config, localPaths } = await bring([
    'policy.model=hub:o/m@main',
    'policy.lora={adapter: "hub:o/a"}',
  ]);
  const pinned = { model: `hub:models/o/m@${commit}`, adapter: `hub:models/o/a@${adapter.commit}` };
  expect(config.policy).toMatchObject({ model: pinned.model, lora: { adapter: pinned.adapter } });
  const folder = localPaths.get(pinned.model)!;
  expect(readFileSync(join(folder, 'model.safetensors'), 'utf8')).toBe('w');
  expect(
    readFileSync(join(localPaths.get(pinned.adapter)!, 'adapter_model.safetensors'), 'utf8'),
  ).toBe('a');
});

test('a repository with an adapter becomes its base model with the adapter', async () => {
  const { commit } = hub.server.add('model', 'o/m', MODEL);
  const repository = hub.server.add('model', 'o/a', {
    'adapter_config.json': `{"base_model_name_or_path": "o/m", "revision": "${commit}"}`,
    'adapter_model.safetensors': 'a',
  });
  commitTo(hub.server.repositories.get('models/o/m')!, { ...MODEL, 'model.safetensors': 'moved' });
  const { config, localPaths } = await bring(['policy.model=hub:o/a']);
  expect(config.policy).toMatchObject({
    model: `hub:models/o/m@${commit}`,
    lora: { adapter: `hub:models/o/a@${repository.commit}` },
  });
  expect(localPaths.size).toBe(2);
  commitTo(repository, {
    'adapter_config.json': '{"base_model_name_or_path": "/home/ada/m"}',
    'adapter_model.safetensors': 'a',
  });
  await expect(bring(['policy.model=hub:o/a'])).rejects.toMatchObject({ code: 'adapter-base' });
});

describe('a data set', () => {
  test('by its name alone is read by the plugin that its files are for', async () => {
    const { commit } = hub.server.add('dataset', 'o/d', {
      'questions.jsonl': RECORD,
      ...{ 'a.jpg': 'a', 'b.jpg': 'b' },
    });
    const { config, localPaths } = await bring(['dataset=hub:o/d']);
    const file = `hub:datasets/o/d@${commit}/questions.jsonl`;
    expect(config.dataset).toEqual({ use: 'jsonl', file });
    expect(readFileSync(join(localPaths.get(file)!, '../a.jpg'), 'utf8')).toBe('a');
    expect(hub.server.asked(/b\.jpg/u)).toEqual([]);
  });

  test('in SpaceR-151k form, too', async () => {
    const { commit } = hub.server.add('dataset', 'o/s', {
      ...{ 'SpaceR-151k.jsonl': '{}', 'annotation/cognitive_map.jsonl': '{}' },
    });
    const { config } = await bring(['dataset=hub:o/s']);
    expect(config.dataset).toEqual({
      use: 'spacer-151k',
      folder: `hub:datasets/o/s@${commit}`,
    });
  });

  test('in SpaceR-151k form, packed as its authors pack it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'loci-spacer-'));
    mkdirSync(join(folder, 'videos'));
    for (const name of ['SpaceR-151k.jsonl', 'videos/a.mp4'])
      writeFileSync(join(folder, name), name);
    execFileSync('tar', ['-czf', 'all.tgz', 'SpaceR-151k.jsonl', 'videos'], { cwd: folder });
    const packed = readFileSync(join(folder, 'all.tgz'));
    const { commit } = hub.server.add('dataset', 'o/s', {
      ...{ 'README.md': 'card', 'SpaceR-151k.part_00': packed.subarray(0, 50) },
      'SpaceR-151k.part_01': packed.subarray(50),
    });
    const { config, localPaths } = await bring(['dataset=hub:o/s']);
    const pinned = `hub:datasets/o/s@${commit}`;
    expect(config.dataset).toEqual({ use: 'spacer-151k', folder: pinned });
    expect(readFileSync(join(localPaths.get(pinned)!, 'videos/a.mp4'), 'utf8')).toBe(
      'videos/a.mp4',
    );
  });

  test.each([
    [{ 'rows.jsonl': '{}' }, /hub:o\/x\/rows\.jsonl.*cli:convert/u],
    [{ 'data/train-0.parquet': 'x' }, /cli:convert -- --from parquet hub:o\/x\/data\/train-0/u],
  ])('in another form says what to do: %j', async (files, message) => {
    hub.server.add('dataset', 'o/x', files);
    await expect(bring(['dataset=hub:o/x'])).rejects.toThrow(message);
  });

  test('of a mixture is one of several', async () => {
    hub.server.add('dataset', 'o/d', { 'questions.jsonl': RECORD, 'a.jpg': 'a' });
    const { config } = await bring([
      'dataset=[{use: jsonl, file: hub:o/d/questions.jsonl, weight: 2}, {use: rooms, weight: 1}]',
    ]);
    expect(config.dataset['of']).toEqual([
      {
        use: 'jsonl',
        file: expect.stringMatching(/^hub:datasets\/o\/d@[0-9a-f]{40}\//u),
        weight: 2,
      },
      { use: 'rooms', weight: 1 },
    ]);
  });
});

test('a benchmark gets its test files and its subset, in a folder that it may write to', async () => {
  hub.server.add('dataset', 'o/b', {
    ...{ '16_frame/test-0.parquet': 'a', '32_frame/test-0.parquet': 'b' },
    '32_frame/train-0.parquet': 'c',
  });
  const { config, localPaths } = await bring([
    'benchmark={use: revsi, subset: 32_frame, data: "hub:o/b"}',
  ]);
  const folder = localPaths.get(config.benchmark['data'] as string)!;
  expect(folder.startsWith(join(hub.home, 'loci/unpacked'))).toBe(true);
  expect(hub.server.asked(/resolve/u).map(({ path }) => path.split('/').at(-2))).toEqual([
    '32_frame',
  ]);
});

test('unused parts are not downloaded, and the config is valid nevertheless', async () => {
  const { config } = await bring(['policy.model=hub:o/none', 'dataset=hub:o/none'], []);
  expect(config.policy['model']).toBe('hub:o/none');
  expect(config.dataset).toEqual({ use: 'jsonl', file: 'hub:o/none' });
  expect(hub.server.seen).toEqual([]);
});

test('the name of a model behind an interface is its server’s own', async () => {
  const set = ['policy={use: openai, baseUrl: "http://localhost/v1", model: "hub:o/m"}'];
  expect((await bring(set)).config.policy['model']).toBe('hub:o/m');
  expect(hub.server.seen).toEqual([]);
});

test('a repository in place of a policy is an error that shows the right form', async () => {
  const { config } = readRunConfig({ set: [] });
  const wrong: RunConfig = { ...config, policy: { use: 'hub:o/m' } };
  const quiet = { info: () => undefined, warn: () => undefined };
  await expect(bringConfig(wrong, quiet)).rejects.toThrow(/policy: hub:o\/m .*model: hub:o\/m/u);
});
