import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type {
  Loss,
  OptimStepParameters,
  Policy,
  SampleEvent,
  SamplingParameters,
  TrainingGroup,
} from '@loci/core';
import { describePolicyContract } from '@loci/core/testing';
import { lastValueFrom, toArray } from 'rxjs';
import type { ModelConfig } from '../../src/model/config.ts';
import { inspectGradients } from '../../src/onnx/inspection.ts';
import type { OnnxPolicy } from '../../src/onnx/onnx-policy.ts';
import { openOnnxPolicy } from '../../src/onnx/open-onnx-policy.ts';
import { openTfjsPolicy } from '../../src/tfjs/open-tfjs-policy.ts';
import type { TfjsPolicy } from '../../src/tfjs/open-tfjs-policy.ts';
import { randomFloats } from '../support/gradient-check.ts';
import {
  randomMedia,
  randomPrompt,
  randomTokens,
  temporaryFolder,
  writeTinyModel,
} from '../support/tiny-model.ts';

const folder = await temporaryFolder();
const model = join(folder.path, 'model');
const config: ModelConfig = await writeTinyModel(model);
afterAll(folder.remove);

/** `TFJS_ENGINE=node` holds native TensorFlow to the same; see the target `test-native`. */
const engine = process.env['TFJS_ENGINE'] === 'node' ? 'node' : 'wasm';
const openTfjs = () => openTfjsPolicy({ model, engine });
const openOnnx = () => openOnnxPolicy({ model, threads: 1 });

const ADAMW: OptimStepParameters = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  maxGradNorm: 1,
};

const POLICY_GRADIENT: Loss = {
  kind: 'policy-gradient',
  clipLow: 0.2,
  clipHigh: 0.28,
  klWeight: 0.04,
  klClamp: 10,
};

describePolicyContract<TfjsPolicy>({
  name: `tfjs, ${engine}`,
  create: openTfjs,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'where?' }] }],
  held: async (policy) => (await policy.engine.memory()).tensors,
});

/** Two groups, one with a video whose windows differ in size and one with text alone; lengths differ throughout. */
function batch(seed: number): TrainingGroup[] {
  const prompts = [
    randomPrompt(config, [randomMedia(config, [2, 4, 6], seed)], 5, seed),
    randomPrompt(config, [], 19, seed + 1),
  ];
  return prompts.map((prompt, group) => {
    const completions = [7, 3, 12].map((length, index) =>
      randomTokens(config, length, seed + 10 * group + index),
    );
    return {
      prompt,
      completions,
      targets: completions.map(({ length }, index) => ({
        weights: new Float32Array(length).fill(1 / (3 * length)),
        advantages: new Float32Array(length).fill([1, -0.7, 0.4][index]!),
        referenceLogProbs: randomFloats(length, seed + index, [-6, -2]),
      })),
    };
  });
}

async function step(policy: Policy, seed: number): Promise<number> {
  const { loss } = await policy.forwardBackward(batch(seed), POLICY_GRADIENT);
  await policy.optimStep(ADAMW);
  return loss;
}

/** ‖a − b‖ / ‖b‖ */
function relativeDistance(a: Float32Array, b: Float32Array): number {
  const norm = (values: Float32Array) => Math.hypot(...values);
  return norm(a.map((value, index) => value - b[index]!)) / Math.max(norm(b), 1e-20);
}

describe('beside the ONNX engine', () => {
  let tfjs: TfjsPolicy;
  let onnx: OnnxPolicy;
  beforeAll(async () => {
    [tfjs, onnx] = [await openTfjs(), await openOnnx()];
  });
  afterAll(async () => {
    await tfjs.dispose();
    await onnx.dispose();
  });

  test('loss, log-probabilities and every gradient are the same', async () => {
    const [own, other] = [
      await tfjs.forwardBackward(batch(1), POLICY_GRADIENT),
      await onnx.forwardBackward(batch(1), POLICY_GRADIENT),
    ];
    expect(own.loss).toBeCloseTo(other.loss, 5);
    own.logProbs.flat().forEach((values, index) => {
      values.forEach((value, token) =>
        expect(value).toBeCloseTo(other.logProbs.flat()[index]![token]!, 4),
      );
    });
    const flat = await tfjs.engine.gradients();
    const expected = await inspectGradients(onnx.engine);
    for (const { name, offset, size } of tfjs.engine.arena.entries) {
      const distance = relativeDistance(flat.subarray(offset, offset + size), expected.get(name)!);
      expect({ name, distance, near: distance <= 1e-5 }).toMatchObject({ name, near: true });
    }
    await tfjs.engine.clearGradients();
    await onnx.engine.clearGradients();
  });

  test('five optimiser steps lead to the same weights', async () => {
    const start = await onnx.engine.weights();
    for (let seed = 0; seed < 5; seed++) {
      const [own, other] = [await step(tfjs, seed), await step(onnx, seed)];
      expect(Math.abs(own - other)).toBeLessThan(1e-5);
    }
    const [own, other] = [await tfjs.engine.weights(), await onnx.engine.weights()];
    expect(relativeDistance(own, other)).toBeLessThan(1e-5);
    expect(relativeDistance(own, start)).toBeGreaterThan(1e-3);
  });

  const plain: SamplingParameters = {
    temperature: 1,
    topP: 1,
    topK: 0,
    repetitionPenalty: 1,
    maxNewTokens: 20,
    chunkTokens: 8,
  };

  async function completions(policy: Policy, sampling: SamplingParameters): Promise<SampleEvent[]> {
    const prompts = batch(3).map(({ prompt }) => prompt);
    const request = { prompts, completionsPerPrompt: 3, sampling, seed: 11 };
    const events = await lastValueFrom(policy.sample(request).pipe(toArray()));
    return events
      .filter(({ type }) => type === 'completion')
      .sort((a, b) => a.prompt - b.prompt || a.completion - b.completion);
  }

  test.each<[string, Partial<SamplingParameters>]>([
    ['greedy', { temperature: 0 }],
    ['plain', {}],
    ['nucleus', { temperature: 0.8, topP: 0.9 }],
    ['ranked and penalised', { topK: 12, topP: 0.95, repetitionPenalty: 1.3 }],
  ])('the same seed draws the same tokens: %s', async (_, change) => {
    const sampling = { ...plain, ...change };
    const [own, other] = [await completions(tfjs, sampling), await completions(onnx, sampling)];
    expect(own).toHaveLength(6);
    expect(own.map(({ tokenIds }) => [...tokenIds])).toEqual(
      other.map(({ tokenIds }) => [...tokenIds]),
    );
    own.forEach(({ logProbs }, index) =>
      logProbs.forEach((value, token) =>
        expect(value).toBeCloseTo(other[index]!.logProbs[token]!, 4),
      ),
    );
  });
});

test('a checkpoint moves from engine to engine and back, and training goes on as if it had stayed', async () => {
  const stayed = await openOnnx();
  const expected: number[] = [];
  for (let seed = 0; seed < 15; seed++) expected.push(await step(stayed, seed));
  await stayed.dispose();

  const found: number[] = [];
  const legs = [openOnnx, openTfjs, openOnnx];
  for (const [leg, open] of legs.entries()) {
    const policy: Policy = await open();
    if (leg > 0) await policy.load(join(folder.path, `leg-${leg - 1}`));
    for (let seed = 5 * leg; seed < 5 * leg + 5; seed++) found.push(await step(policy, seed));
    await policy.save(join(folder.path, `leg-${leg}`), { optimizer: true });
    await policy.dispose();
  }
  expect(found).toHaveLength(expected.length);
  found.forEach((loss, index) => expect(Math.abs(loss - expected[index]!)).toBeLessThan(1e-4));
});

test('a disposed policy leaves no tensor behind', async () => {
  const first = await openTfjs();
  const { tensors } = await first.engine.memory();
  const second = await openTfjs();
  await step(second, 1);
  await second.dispose();
  expect((await first.engine.memory()).tensors).toBe(tensors);
  await first.dispose();
  expect((await first.engine.memory()).tensors).toBe(0);
});
