import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Loss, OptimStepParameters, Policy, TrainingGroup } from '@loci/core';
import { mergeAdapter } from '../../src/lora/merge.ts';
import type { LoraSettings } from '../../src/lora/lora-schema.ts';
import { openCheckpoint } from '../../src/weights/safetensors.ts';
import { inspectGradients, inspectLogits } from '../../src/graph/engine/inspection.ts';
import type { OnnxPolicy } from '../../src/onnx/onnx-policy.ts';
import { openOnnxPolicy } from '../../src/onnx/onnx-policy.ts';
import { frozenStore } from '../../src/graph/engine/optimizer.ts';
import { openTfjsPolicy } from '../../src/tfjs/tfjs-policy.ts';
import { randomFloats } from '../support/gradient-check.ts';
import {
  randomMedia,
  randomPrompt,
  randomTokens,
  temporaryFolder,
  writeTinyModel,
} from '../support/tiny-model.ts';

const folder = await temporaryFolder();
const at = (name: string) => join(folder.path, name);
const model = at('model');
const tiny = await writeTinyModel(model);
afterAll(folder.remove);

/** Both towers, other ranks here and there, and a module that is trained whole. */
const RICH: LoraSettings = {
  rank: 4,
  vision: true,
  rankPattern: { q_proj: 2 },
  rankStabilised: true,
  modulesToSave: ['visual.merger'],
};
const open = (settings: object = {}) => openOnnxPolicy({ model, threads: 1, ...settings });

const ADAMW: OptimStepParameters = {
  learningRate: 1e-2,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  maxGradNorm: 1,
};
const CROSS_ENTROPY: Loss = { kind: 'cross-entropy' };

const prompt = randomPrompt(tiny, [randomMedia(tiny, [2, 4, 6], 1)], 5, 1);
const completions = [5, 2].map((length, index) => randomTokens(tiny, length, index));
const batch: readonly TrainingGroup[] = [
  {
    prompt,
    completions,
    targets: completions.map(({ length }) => ({ weights: randomFloats(length, length, [0, 1]) })),
  },
];

async function train(policy: Policy, steps: number): Promise<number[]> {
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    losses.push((await policy.forwardBackward(batch, CROSS_ENTROPY)).loss);
    await policy.optimStep(ADAMW);
  }
  return losses;
}

type LogProbs = readonly (readonly Float32Array[])[];

function expectNear(found: LogProbs, expected: LogProbs): void {
  const differences = found.flat().flatMap((values, row) => {
    const other = expected.flat()[row]!;
    return [...values].map((value, token) => Math.abs(value - other[token]!));
  });
  expect(Math.max(...differences)).toBeLessThan(1e-5);
}

const logProbs = async (policy: Policy, weights: 'current' | 'start' = 'current') =>
  (await policy.logProbs(batch, weights)).logProbs;

/** Every tensor of a checkpoint file, by name. */
async function tensorsOf(path: string): Promise<ReadonlyMap<string, Float32Array>> {
  const checkpoint = await openCheckpoint(path);
  const names = [...checkpoint.entries.keys()];
  const values = await Promise.all(names.map((name) => checkpoint.readFloats(name)));
  await checkpoint.close();
  return new Map(names.map((name, index) => [name, values[index]!]));
}

describe('an adapter in training', () => {
  let policy: OnnxPolicy;
  let base: LogProbs;
  beforeAll(async () => {
    const whole = await open();
    base = await logProbs(whole);
    await whole.dispose();
    policy = await open({ lora: RICH });
  });
  afterAll(() => policy.dispose());

  test('a fresh one changes nothing, and the reference is the base after steps too', async () => {
    expectNear(await logProbs(policy), base);
    await train(policy, 3);
    expectNear(await logProbs(policy, 'start'), base);
    await expect(logProbs(policy).then((now) => expectNear(now, base))).rejects.toThrow();
  });

  test('frozen weights stay as they were bit for bit, and none has a gradient', async () => {
    const stored = await tensorsOf(model);
    for (const { name } of policy.engine.arena.frozen) {
      expect(await policy.engine.runtime.get(frozenStore(name))).toEqual(stored.get(name));
    }
    await policy.forwardBackward(batch, CROSS_ENTROPY);
    const gradients = await inspectGradients(policy.engine);
    await policy.engine.clearGradients();
    const trained = [...gradients].filter(([, values]) => values.some((value) => value !== 0));
    expect(trained.map(([name]) => name).sort()).toEqual([...gradients.keys()].sort());
    const whole = [...gradients.keys()].filter((name) => !name.includes('.lora_'));
    expect(whole.every((name) => name.startsWith('visual.merger.'))).toBe(true);
    expect(whole).toHaveLength(5);
  });

  test('along the gradient the loss rises by its square', async () => {
    const { engine } = policy;
    await policy.forwardBackward(batch, CROSS_ENTROPY);
    const flat = new Float32Array(engine.arena.size);
    const gradients = await inspectGradients(engine);
    for (const { name, offset } of engine.arena.entries) flat.set(gradients.get(name)!, offset);
    const weights = await engine.weights();
    const moments = await engine.moments();
    const lossAt = async (distance: number) => {
      await engine.setWeights(weights.map((weight, index) => weight + distance * flat[index]!));
      return (await policy.forwardBackward(batch, CROSS_ENTROPY)).loss;
    };
    const square = flat.reduce((sum, value) => sum + value * value, 0);
    const step = 0.02 / Math.sqrt(square);
    const near = (await lossAt(step)) - (await lossAt(-step));
    const far = (await lossAt(2 * step)) - (await lossAt(-2 * step));
    expect((8 * near - far) / (12 * step) / square).toBeCloseTo(1, 2);
    await engine.setWeights(weights, moments);
  });

  test('saved and opened again it is the same, and the base is not written', async () => {
    await policy.save(at('adapter'), { optimizer: true });
    const other = await open({ lora: { adapter: at('adapter') } });
    try {
      expect(await other.engine.weights()).toEqual(await policy.engine.weights());
      expect(await logProbs(other)).toEqual(await logProbs(policy));
      expect(await logProbs(other, 'start')).toEqual(await logProbs(policy));
      await other.save(at('again'), { optimizer: false });
      const file = (name: string) => tensorsOf(join(at(name), 'adapter_model.safetensors'));
      expect(await file('again')).toEqual(await file('adapter'));
      await expect(other.save(model, { optimizer: false })).rejects.toMatchObject({
        message: expect.stringContaining('holds the base model'),
      });
      const names = [...(await file('again')).keys()];
      expect(names).toContain(
        'base_model.model.model.language_model.layers.1.self_attn.q_proj.lora_A.weight',
      );
      expect(names).toContain('base_model.model.model.visual.blocks.0.attn.qkv.lora_B.weight');
      expect(names).toContain('base_model.model.model.visual.merger.mlp.2.bias');
    } finally {
      await other.dispose();
    }
  });

  test('merged into the base it gives the same logits', async () => {
    const summary = await mergeAdapter({ model, adapter: at('adapter'), to: at('merged') });
    expect(summary).toMatchObject({ replaced: 5, types: ['F32'] });
    const merged = await open({ model: at('merged') });
    try {
      const expected = await inspectLogits(policy.engine, prompt);
      const found = await inspectLogits(merged.engine, prompt);
      const worst = found.reduce((most, v, i) => Math.max(most, Math.abs(v - expected[i]!)), 0);
      expect(worst).toBeLessThan(1e-5);
      await expect(policy.load(at('merged'))).rejects.toMatchObject({
        message: expect.stringContaining('trains an adapter'),
      });
      await expect(merged.load(at('adapter'))).rejects.toMatchObject({
        message: expect.stringContaining('holds an adapter'),
      });
    } finally {
      await merged.dispose();
    }
  });

  test('it moves to TensorFlow.js and goes on there as here', async () => {
    const tfjs = await openTfjsPolicy({ model, engine: 'wasm', lora: RICH });
    try {
      await tfjs.load(at('adapter'));
      const there = await train(tfjs, 1);
      const held = (await tfjs.engine.memory()).tensors;
      there.push(...(await train(tfjs, 2)));
      expect((await tfjs.engine.memory()).tensors).toBe(held);
      const here = await train(policy, 3);
      there.forEach((loss, step) => expect(loss).toBeCloseTo(here[step]!, 5));
      expectNear(await logProbs(tfjs), await logProbs(policy));
      expectNear(await logProbs(tfjs, 'start'), base);
    } finally {
      await tfjs.dispose();
    }
  });

  test('options and files that do not fit are named', async () => {
    await expect(open({ lora: { modules: ['q_prj'] } })).rejects.toMatchObject({
      code: 'adapter-config',
      message: expect.stringMatching(
        /^policy\.lora\.modules: q_prj selects no .*; there are .*q_proj/,
      ),
    });
    await expect(open({ lora: { adapter: model } })).rejects.toMatchObject({
      message: expect.stringMatching(/adapter_config\.json cannot be read/),
    });
    const file = join(at('adapter'), 'adapter_config.json');
    const json: object = JSON.parse(await readFile(file, 'utf8')) as object;
    await mkdir(at('strange'));
    await copyFile(
      join(at('adapter'), 'adapter_model.safetensors'),
      join(at('strange'), 'adapter_model.safetensors'),
    );
    for (const [change, message] of [
      [{ target_modules: ['q_proj'] }, /tensors that adapter_config\.json does not select.*qkv/],
      [{ r: 5 }, /lora_[AB].*and should be \[/],
      [{ lora_dropout: 0.1 }, /strange: "lora_dropout" is 0\.1/],
      [{ use_dora: true }, /"use_dora"/],
    ] as const) {
      await writeFile(
        join(at('strange'), 'adapter_config.json'),
        JSON.stringify({ ...json, ...change }),
      );
      await expect(open({ lora: { adapter: at('strange') } })).rejects.toMatchObject({
        message: expect.stringMatching(message),
      });
    }
  });

  test('an adapter of another rank or scale is not taken for its own', async () => {
    const other = await open({ lora: { ...RICH, alpha: 3 } });
    try {
      await expect(other.load(at('adapter'))).rejects.toMatchObject({
        code: 'adapter-mismatch',
        message: expect.stringMatching(/has rank \d, scale .* there and rank \d, scale .* here/),
      });
    } finally {
      await other.dispose();
    }
  });
});

describe('a frozen vision tower', () => {
  test('trains everything else and saves a whole model, which it knows again', async () => {
    const policy = await open({ freeze: 'vision' });
    const whole = await open();
    try {
      await train(policy, 1);
      await policy.save(at('frozen'), { optimizer: true });
      const [before, after] = [await tensorsOf(model), await tensorsOf(at('frozen'))];
      expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
      for (const [name, values] of after) {
        const same = values.every((value, index) => value === before.get(name)![index]);
        expect({ name, same }).toEqual({ name, same: name.startsWith('visual.') });
      }
      await policy.load(at('frozen'));
      await train(whole, 1);
      await whole.save(at('whole'), { optimizer: true });
      await expect(policy.load(at('whole'))).rejects.toMatchObject({
        code: 'checkpoint-mismatch',
        message: expect.stringMatching(/"visual\..*" differs/),
      });
    } finally {
      await policy.dispose();
      await whole.dispose();
    }
  });

  test('goes with no adapter', async () => {
    await expect(open({ freeze: 'vision', lora: {} })).rejects.toMatchObject({
      code: 'bad-tuning',
    });
  });
});
