import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { TrainingGroup } from '@loci/core';
import { describePolicyContract, describeSamePolicies } from '@loci/core/testing';
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

const openTfjs = () => openTfjsPolicy({ model, engine: 'wasm' });
const openOnnx = () => openOnnxPolicy({ model, threads: 1 });

describePolicyContract<TfjsPolicy>({
  name: 'tfjs, wasm',
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

describeSamePolicies<OnnxPolicy, TfjsPolicy>({
  one: {
    name: 'onnx',
    create: openOnnx,
    gradients: ({ engine }) => inspectGradients(engine),
    weights: ({ engine }) => engine.weights(),
  },
  other: {
    name: 'tfjs',
    create: openTfjs,
    async gradients({ engine }) {
      const flat = await engine.gradients();
      return new Map(
        engine.arena.entries.map(({ name, offset, size }) => [
          name,
          flat.subarray(offset, offset + size),
        ]),
      );
    },
    weights: ({ engine }) => engine.weights(),
  },
  batch,
});

test('a disposed policy leaves no tensor behind', async () => {
  const first = await openTfjs();
  const { tensors } = await first.engine.memory();
  const second = await openTfjs();
  await second.forwardBackward(batch(1), { kind: 'cross-entropy' });
  await second.dispose();
  expect((await first.engine.memory()).tensors).toBe(tensors);
  await first.dispose();
  expect((await first.engine.memory()).tensors).toBe(0);
});
