/** The config that documents the default run must be the default run, options of every part included. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { createRun, looksOfRun, readConfig, type RunConfig } from '@loci/core';
import { fakeLogger } from '@loci/core/testing';
import { completeConfig } from '../src/complete-config.ts';
import { bundledPlugins, packagePlugins } from '../src/compose.ts';
import { SPACER_RECORDS } from '../src/rehearsal/rehearsal-folder.ts';
import { DEFAULTS, readRunConfig, sharedByPolicies } from '../src/defaults.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

function read(name: string): RunConfig {
  const source = { config: join(ROOT, 'configs', name), set: [] };
  return readRunConfig(source, { userDirectory: ROOT }).config;
}

/** A config with every default written out, whose parts a run has accepted. */
async function composed(name: string): Promise<RunConfig> {
  const config = completeConfig(read(name), bundledPlugins);
  const run = await createRun({
    config,
    plugins: packagePlugins,
    baseDirectory: ROOT,
    logger: fakeLogger(),
  });
  await run.dispose();
  return config;
}

describe('configs', () => {
  test('rooms.yaml is the default run', () => {
    const { config } = readConfig({ file: join(ROOT, 'configs/rooms.yaml'), defaults: DEFAULTS });
    const model = resolve(ROOT, String(config.policy['model']));
    const written = { ...config, policy: { ...config.policy, model } };
    expect(completeConfig(written, bundledPlugins)).toEqual(
      completeConfig(DEFAULTS, bundledPlugins),
    );
  });

  test('default-2026-11.yaml leaves nothing to defaults that may move', async () => {
    const file = join(ROOT, 'configs/bench/default-2026-11.yaml');
    const written: unknown = parse(readFileSync(file, 'utf8'));
    const complete = await composed('bench/default-2026-11.yaml');
    expect(complete).toEqual(written);
    expect(complete).toMatchObject({ steps: 180, evaluate: { questions: 1200 } });
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

  test('rooms-looks.yaml is the default run with directions and two rewards more, whose looks fit together', async () => {
    const file = join(ROOT, 'configs/rooms-looks.yaml');
    const { config } = readRunConfig({ config: file, set: [] }, { userDirectory: ROOT });
    const complete = completeConfig(config, bundledPlugins);
    const defaults = completeConfig(DEFAULTS, bundledPlugins);
    const { dataset, rewards } = complete;
    expect({ ...complete, dataset: defaults.dataset, rewards: defaults.rewards }).toEqual(defaults);
    expect({ ...dataset, kinds: defaults.dataset['kinds'] }).toEqual(defaults.dataset);
    const shared = rewards.filter(({ use }) => use !== 'counterfactual' && use !== 'mirror');
    expect(shared).toEqual(defaults.rewards);
    const run = await createRun({
      config,
      plugins: bundledPlugins,
      baseDirectory: ROOT,
      logger: fakeLogger(),
    });
    const looks = looksOfRun(await run.rewards());
    await run.dispose();
    expect([...looks.keys()]).toEqual(['blank-2', 'other-video-2', 'mirrored-2']);
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

  test('rooms-groups.yaml is the default run with the answer as its reward, and all that chooses groups', async () => {
    const config = await composed('rooms-groups.yaml');
    const defaults = completeConfig(DEFAULTS, bundledPlugins);
    const { dynamicSampling, curriculum, leaveOutTruncated, stopWhen, ...others } = config;
    const { advantage, checkpoint, evaluate, rewards } = defaults;
    expect({ ...others, advantage, checkpoint, evaluate, rewards }).toEqual(defaults);
    expect({ dynamicSampling, curriculum, leaveOutTruncated, stopWhen }).toEqual({
      dynamicSampling: { attempts: 2 },
      curriculum: { floor: 0.1 },
      leaveOutTruncated: true,
      stopWhen: {
        plateau: { figure: 'answers', evaluations: 3, by: 0 },
        collapse: { figure: 'reward/total', below: 0.05, steps: 10 },
      },
    });
    expect(config.checkpoint).toEqual({ ...defaults.checkpoint, best: 'answers' });
    expect(config.rewards[1]?.options).toMatchObject({
      maxTokens: config.sampler['maxNewTokens'],
    });
  });

  test('spacer.yaml is the published run', async () => {
    const config = await composed('spacer.yaml');
    const batches = SPACER_RECORDS / config.promptsPerStep;
    expect(config).toMatchObject({ steps: Math.ceil(batches), promptsPerStep: 8, accumulation: 8 });
    expect(config.checkpoint.every).toBe(1000);
    expect(config.dataset.use).toBe('spacer-151k');
    expect(config.prompt.use).toBe('map-imagination');
    expect(config.policy).toMatchObject({ positionRule: '4.49', maxTokens: 16_384 + 1024 });
    expect(config.policy).not.toHaveProperty('lora');
    expect(config.sampler).toMatchObject({
      completionsPerPrompt: 8,
      temperature: 1,
      topP: 0.95,
      topK: 50,
      maxNewTokens: 1024,
    });
    expect(config.rewards.map(({ use, weight }) => [use, weight])).toEqual(
      ['answer', 'map', 'format', 'temporal', 'length'].map((use) => [use, 1]),
    );
    const [, map, , temporal, length] = config.rewards.map(({ options }) => options);
    expect(map).toMatchObject({ when: 'answer-correct', penalty: true, scoring: 'reference' });
    expect(temporal).toMatchObject({ bonus: 0.3, ratio: 0.8, goodAbove: 0.1 });
    expect(length).toMatchObject({ minTokens: 320, maxTokens: 512, bonus: 0.2, goodAbove: 0.1 });
    expect(config.advantage).toMatchObject({ divideByStd: true, epsilon: 1e-4 });
    expect(config.objective).toMatchObject({
      klWeight: 0.04,
      klClamp: 10,
      aggregation: 'completion',
      old: 'current',
    });
    expect(config.optimizer).toMatchObject({
      learningRate: 1e-6,
      beta1: 0.9,
      beta2: 0.999,
      weightDecay: 0.01,
      maxGradNorm: 5,
    });
    expect(config.schedule).toMatchObject({ use: 'cosine', warmupSteps: 0, floor: 0 });
  });

  test('spacer-lora.yaml differs from it only in the documented keys', () => {
    const [full, lora] = ['spacer.yaml', 'spacer-lora.yaml'].map((name) => read(name)) as [
      RunConfig,
      RunConfig,
    ];
    const { lora: settings, ...policy } = lora.policy;
    expect(settings).toEqual({ rank: 32, alpha: 64, modules: 'all-linear', vision: false });
    const optimizer = { ...lora.optimizer, learningRate: 1e-6, weightDecay: 0.01 };
    expect({ ...lora, policy, optimizer }).toEqual(full);
    const text = readFileSync(join(ROOT, 'configs/spacer-lora.yaml'), 'utf8');
    expect(text.match(/# departs: /gu)).toHaveLength(4);
  });

  const hasLora = sharedByPolicies('onnx', 'onnx').includes('lora');
  if (!hasLora) console.log('skipped: no engine takes the option lora yet');
  (hasLora ? test : test.skip)('spacer-lora.yaml is a run that can be made', async () => {
    expect((await composed('spacer-lora.yaml')).policy).toHaveProperty('lora');
  });

  test('engines share the options of the model, and none of their own', () => {
    const shared = sharedByPolicies('onnx', 'tfjs');
    expect(shared).toEqual(expect.arrayContaining(['model', 'threads', 'positionRule']));
    expect(shared).not.toContain('lowering');
    expect(sharedByPolicies('onnx', './mine.ts')).toEqual([]);
    expect(sharedByPolicies('onnx', 'openai')).toEqual([]);
    expect(sharedByPolicies('openai', 'tfjs')).toEqual([]);
    expect(sharedByPolicies('openai', 'openai')).toContain('model');
  });
});
