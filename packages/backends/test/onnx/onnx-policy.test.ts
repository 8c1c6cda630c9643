import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EncodedPrompt, Loss, OptimStepParameters, TrainingGroup } from '@loci/core';
import { describePolicyContract } from '@loci/core/testing';
import { lastValueFrom } from 'rxjs';
import type { Model } from '../../src/models/spec/model.ts';
import { inspectGradients } from '../../src/graph/engine/inspection.ts';
import type { OnnxPolicy } from '../../src/onnx/onnx-policy.ts';
import { openOnnxPolicy } from '../../src/onnx/onnx-policy.ts';
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
const tiny: Model = await writeTinyModel(model);
afterAll(folder.remove);

const open = (settings = {}) => openOnnxPolicy({ model, threads: 1, ...settings });

const ADAMW: OptimStepParameters = {
  learningRate: 1e-2,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  maxGradNorm: 0,
};

const CROSS_ENTROPY: Loss = { kind: 'cross-entropy' };

describePolicyContract({
  name: 'onnx',
  create: () => open(),
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'where?' }] }],
});

function trainingGroup(
  prompt: EncodedPrompt,
  lengths: readonly number[],
  seed: number,
): TrainingGroup {
  const completions = lengths.map((length, index) => randomTokens(tiny, length, seed + index));
  return {
    prompt,
    completions,
    targets: completions.map(({ length }, index) => ({
      weights: randomFloats(length, seed + 100 + index, [0, 1]),
    })),
  };
}

describe('batches', () => {
  let policy: OnnxPolicy;
  beforeAll(async () => {
    policy = await open();
  });
  afterAll(() => policy.dispose());

  const video = (grid: readonly [number, number, number], seed: number) =>
    randomMedia(tiny, grid, seed);
  const groups = [
    trainingGroup(randomPrompt(tiny, [video([2, 4, 6], 1)], 5, 1), [3, 9], 1),
    trainingGroup(randomPrompt(tiny, [], 20, 2), [4, 1], 2),
    trainingGroup(randomPrompt(tiny, [video([2, 4, 6], 3)], 9, 3), [17, 2], 3),
    trainingGroup(
      randomPrompt(tiny, [randomMedia(tiny, [1, 6, 4], 4, 'image'), video([1, 4, 4], 5)], 7, 4),
      [6],
      4,
    ),
  ];

  async function gradientsOf(batches: readonly (readonly TrainingGroup[])[]) {
    let loss = 0;
    const logProbs: Float32Array[] = [];
    for (const batch of batches) {
      const result = await policy.forwardBackward(batch, CROSS_ENTROPY);
      loss += result.loss;
      logProbs.push(...result.logProbs.flat());
    }
    const gradients = await inspectGradients(policy.engine);
    await policy.engine.clearGradients();
    return { loss, logProbs, gradients };
  }

  test('groups of any kind give together what they give alone, in their order', async () => {
    const together = await gradientsOf([groups]);
    const alone = await gradientsOf(groups.map((group) => [group]));
    expect(together.loss).toBeCloseTo(alone.loss, 3);
    together.logProbs.forEach((values, index) => {
      expect(values).toHaveLength(alone.logProbs[index]!.length);
      values.forEach((value, token) =>
        expect(value).toBeCloseTo(alone.logProbs[index]![token]!, 4),
      );
    });
    for (const [name, gradient] of together.gradients) {
      const expected = alone.gradients.get(name)!;
      const worst = gradient.reduce((most, g, i) => Math.max(most, Math.abs(g - expected[i]!)), 0);
      expect({ name, near: worst < 1e-4 }).toEqual({ name, near: true });
    }
  });

  test('log-probabilities are those of the training pass, and do not depend on what shares a batch', async () => {
    const { logProbs: found } = await policy.logProbs(groups, 'current');
    const { logProbs: alone } = await policy.logProbs([groups[2]!], 'start');
    found[2]!.forEach((values, index) =>
      values.forEach((value, token) => expect(value).toBeCloseTo(alone[0]![index]![token]!, 4)),
    );
  });

  test('gradients of whole-model parameters agree with differences of the loss', async () => {
    const { gradients } = await gradientsOf([groups]);
    const names = [
      'visual.patch_embed.proj.weight',
      'visual.blocks.0.attn.qkv.bias',
      'visual.merger.mlp.0.weight',
      'model.embed_tokens.weight',
      'model.layers.0.self_attn.k_proj.weight',
      'model.layers.1.mlp.down_proj.weight',
    ];
    const before = (await policy.engine.runtime.get('current')) as Float32Array;
    for (const name of names) {
      const { offset } = policy.engine.arena.entries.find((entry) => entry.name === name)!;
      const gradient = gradients.get(name)!;
      const direction = gradient.map((g) => Math.sign(g));
      const slope = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0);
      // A step that changes the loss by a fiftieth: small against its curvature, large against rounding.
      const step = 0.02 / slope;
      const at = async (side: number) => {
        const moved = before.slice();
        direction.forEach(
          (sign, i) => (moved[offset + i] = moved[offset + i]! + side * step * sign),
        );
        await policy.engine.setWeights(moved);
        const { loss } = await policy.forwardBackward(groups, CROSS_ENTROPY);
        return loss;
      };
      const measured = ((await at(1)) - (await at(-1))) / (2 * step);
      expect({ name, near: Math.abs(measured / slope - 1) < 2e-2, measured, slope }).toMatchObject({
        name,
        near: true,
      });
    }
    await policy.engine.setWeights(before.slice());
  });

  test('a batch that exceeds the memory bound is run in parts, with the same result', async () => {
    const small = await open({ maxRunMegabytes: 1 });
    try {
      const batch = [0, 1, 2, 3, 4].map((seed) =>
        trainingGroup(randomPrompt(tiny, [], 12, seed), [5, 5], seed),
      );
      const parts = await small.forwardBackward(batch, CROSS_ENTROPY);
      const whole = await policy.forwardBackward(batch, CROSS_ENTROPY);
      expect(parts.loss).toBeCloseTo(whole.loss, 3);
      const gradNorms = await Promise.all(
        [small, policy].map(
          async (own) => (await own.optimStep({ ...ADAMW, learningRate: 0 })).gradNorm,
        ),
      );
      expect(gradNorms[0]! / gradNorms[1]!).toBeCloseTo(1, 3);
    } finally {
      await small.dispose();
    }
  });

  test('what does not fit is refused by name', async () => {
    const long = trainingGroup(randomPrompt(tiny, [], 250, 1), [10], 1);
    await expect(policy.forwardBackward([long], CROSS_ENTROPY)).rejects.toMatchObject({
      code: 'too-long',
      message: expect.stringContaining('250 tokens and a completion of 10 exceed the 256'),
    });
    const foreign = trainingGroup(
      { tokenIds: Int32Array.of(1, tiny.decoder.vocabularySize), media: [] },
      [2],
      1,
    );
    await expect(policy.logProbs([foreign], 'current')).rejects.toMatchObject({
      code: 'bad-token',
    });
    const empty = trainingGroup({ tokenIds: new Int32Array(), media: [] }, [2], 1);
    await expect(policy.logProbs([empty], 'current')).rejects.toMatchObject({
      code: 'empty-prompt',
    });
    const prompt = { tokenIds: randomTokens(tiny, 200, 1), media: [] };
    const sampling = { temperature: 1, topP: 1, topK: 0, repetitionPenalty: 1, maxNewTokens: 100 };
    const request = { prompts: [prompt], completionsPerPrompt: 1, sampling, seed: 1 };
    await expect(lastValueFrom(policy.sample(request))).rejects.toMatchObject({ code: 'too-long' });
    const lost = { ...randomPrompt(tiny, [video([1, 4, 4], 1)], 4, 1), media: [] };
    await expect(policy.logProbs([trainingGroup(lost, [2], 1)], 'current')).rejects.toMatchObject({
      code: 'media-mismatch',
    });
  });
});

test('a policy whose engine is gone says so, and can be disposed of', async () => {
  const policy = await open();
  const sampling = { temperature: 1, topP: 1, topK: 0, repetitionPenalty: 1, maxNewTokens: 2 };
  const prompts = [randomPrompt(tiny, [], 4, 1)];
  const draw = () =>
    lastValueFrom(policy.sample({ prompts, completionsPerPrompt: 1, sampling, seed: 1 }));
  await draw();
  await policy.engine.runtime.dispose();
  await expect(draw()).rejects.toMatchObject({ code: 'engine-stopped' });
  await policy.dispose();
});
