/** What of training depends on the architecture: gradients of its own parts, what is frozen, adapted, saved and merged. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Loss, OptimStepParameters, Policy } from '@loci/core';
import { planGenerations } from '../../../src/engine/generation.ts';
import type { GeneratedChunk } from '../../../src/engine/generation.ts';
import { generate } from '../../../src/graph/decode/by-chunk.ts';
import { generateByStep } from '../../../src/graph/decode/by-step.ts';
import { ChunkSessions } from '../../../src/graph/decode/chunk-sessions.ts';
import { inspectGradients, inspectLogits } from '../../../src/graph/engine/inspection.ts';
import type { LoraSettings } from '../../../src/lora/lora-schema.ts';
import { mergeAdapter } from '../../../src/lora/merge.ts';
import type { OnnxPolicy } from '../../../src/onnx/onnx-policy.ts';
import { openOnnxPolicy } from '../../../src/onnx/onnx-policy.ts';
import { openCheckpoint } from '../../../src/weights/safetensors.ts';
import { QWEN3_TINY, framedBatch } from '../../support/qwen3.ts';
import { temporaryFolder, writeTinyModel } from '../../support/tiny-model.ts';

const folder = await temporaryFolder();
const at = (name: string) => join(folder.path, name);
const tiny = await writeTinyModel(at('model'), 1, {
  architecture: 'qwen3-vl',
  sizes: QWEN3_TINY,
});
afterAll(folder.remove);

const open = (settings: object = {}) =>
  openOnnxPolicy({ model: at('model'), threads: 1, ...settings });
const batch = framedBatch(tiny, 1);
const CROSS_ENTROPY: Loss = { kind: 'cross-entropy' };
const ADAMW: OptimStepParameters = {
  learningRate: 1e-2,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  maxGradNorm: 1,
};

async function train(policy: Policy, from: number, until: number): Promise<number[]> {
  const losses: number[] = [];
  for (let step = from; step < until; step++) {
    losses.push((await policy.forwardBackward(framedBatch(tiny, step), CROSS_ENTROPY)).loss);
    await policy.optimStep(ADAMW);
  }
  return losses;
}

/** Every tensor of a folder, by name. */
async function tensorsOf(path: string): Promise<ReadonlyMap<string, Float32Array>> {
  const checkpoint = await openCheckpoint(path);
  const names = [...checkpoint.entries.keys()];
  const values = await Promise.all(names.map((name) => checkpoint.readFloats(name)));
  await checkpoint.close();
  return new Map(names.map((name, index) => [name, values[index]!]));
}

const worstOf = (found: Float32Array, expected: Float32Array) =>
  found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);

describe('gradients', () => {
  let policy: OnnxPolicy;
  beforeAll(async () => {
    policy = await open();
  });
  afterAll(() => policy.dispose());

  async function gradientsOf(own: OnnxPolicy, batches: readonly (typeof batch)[]) {
    let loss = 0;
    const logProbs: Float32Array[] = [];
    for (const each of batches) {
      const result = await own.forwardBackward(each, CROSS_ENTROPY);
      loss += result.loss;
      logProbs.push(...result.logProbs.flat());
    }
    const gradients = await inspectGradients(own.engine);
    await own.engine.clearGradients();
    return { loss, logProbs, gradients };
  }

  test('of groups with videos, images and text alone are together what they are one by one', async () => {
    const together = await gradientsOf(policy, [batch]);
    const alone = await gradientsOf(
      policy,
      batch.map((group) => [group]),
    );
    expect(together.loss).toBeCloseTo(alone.loss, 4);
    together.logProbs.forEach((values, index) =>
      expect(worstOf(values, alone.logProbs[index]!)).toBeLessThan(1e-4),
    );
    for (const [name, gradient] of together.gradients) {
      const near = worstOf(gradient, alone.gradients.get(name)!) < 1e-4;
      expect({ name, near, some: gradient.some((value) => value !== 0) }).toEqual({
        name,
        near: true,
        some: true,
      });
    }
    expect(together.gradients.size).toBe(tiny.parameters.all.length);
  });

  test.each([
    'model.visual.patch_embed.proj.weight',
    'model.visual.pos_embed.weight',
    'model.visual.blocks.0.norm1.weight',
    'model.visual.blocks.2.mlp.linear_fc1.weight',
    'model.visual.deepstack_merger_list.0.norm.weight',
    'model.visual.deepstack_merger_list.1.linear_fc1.weight',
    'model.visual.merger.norm.bias',
    'model.visual.merger.linear_fc2.weight',
    'model.language_model.embed_tokens.weight',
    'model.language_model.layers.0.self_attn.q_norm.weight',
    'model.language_model.layers.1.self_attn.k_norm.weight',
    'model.language_model.layers.0.self_attn.o_proj.weight',
  ])('of %s agree with differences of the loss', async (name) => {
    const { gradients } = await gradientsOf(policy, [batch]);
    const before = (await policy.engine.weights()).slice();
    const { offset } = policy.engine.arena.entries.find((entry) => entry.name === name)!;
    const gradient = gradients.get(name)!;
    const slope = gradient.reduce((sum, value) => sum + Math.abs(value), 0);
    const lossAt = async (distance: number) => {
      const moved = before.slice();
      gradient.forEach((value, i) => (moved[offset + i]! += distance * Math.sign(value)));
      await policy.engine.setWeights(moved);
      return (await policy.forwardBackward(batch, CROSS_ENTROPY)).loss;
    };
    // Such that the loss changes by far more than float32 rounds; the wider difference takes its curvature out.
    const step = 0.002 / slope;
    const near = (await lossAt(step)) - (await lossAt(-step));
    const far = (await lossAt(2 * step)) - (await lossAt(-2 * step));
    await policy.engine.setWeights(before);
    await policy.engine.clearGradients();
    expect((8 * near - far) / (12 * step) / slope).toBeCloseTo(1, 1);
  });

  test('are the same when the inside of layers is computed again', async () => {
    const kept = await gradientsOf(policy, [batch]);
    const again = await open({ recompute: true });
    const found = await gradientsOf(again, [batch]);
    await again.dispose();
    expect(found.loss).toBeCloseTo(kept.loss, 6);
    for (const [name, expected] of kept.gradients) {
      const off = worstOf(found.gradients.get(name)!, expected);
      expect({ name, near: off <= 1e-5 * (1 + Math.hypot(...expected)) }).toEqual({
        name,
        near: true,
      });
    }
  });
});

test('two steps, a checkpoint, and two more are four steps', async () => {
  const [whole, first, second] = [await open(), await open(), await open()];
  const expected = await train(whole, 0, 4);
  const losses = await train(first, 0, 2);
  await first.save(at('halfway'), { optimizer: true });
  await second.load(at('halfway'));
  losses.push(...(await train(second, 2, 4)));
  expect(losses).toEqual(expected);
  expect(await second.engine.weights()).toEqual(await whole.engine.weights());
  for (const policy of [whole, first, second]) await policy.dispose();
});

test('a frozen tower stays as it was, and everything else is trained', async () => {
  const policy = await open({ freeze: 'vision' });
  await train(policy, 0, 1);
  await policy.save(at('frozen'), { optimizer: true });
  await policy.dispose();
  const [before, after] = [await tensorsOf(at('model')), await tensorsOf(at('frozen'))];
  expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
  for (const [name, values] of after) {
    const same = values.every((value, index) => value === before.get(name)![index]);
    expect({ name, same }).toEqual({ name, same: name.startsWith('model.visual.') });
  }
});

/** Both towers, and the tower's own merger trained whole. */
const RICH: LoraSettings = { rank: 3, vision: true, modulesToSave: ['visual.merger'] };

test('an adapter has PEFT’s names, and gives merged the same logits', async () => {
  const { prompt } = batch[2]!;
  const policy = await open({ lora: RICH });
  const start = await inspectLogits(policy.engine, prompt);
  const losses = await train(policy, 0, 3);
  expect(losses[2]).toBeLessThan(losses[0]!);
  const expected = await inspectLogits(policy.engine, prompt);
  expect(worstOf(expected, start)).toBeGreaterThan(1e-3);
  await policy.save(at('adapter'), { optimizer: true });
  await policy.dispose();
  const names = [...(await tensorsOf(join(at('adapter'), 'adapter_model.safetensors'))).keys()];
  const base = 'base_model.model.model';
  expect(names).toEqual(
    expect.arrayContaining([
      `${base}.language_model.layers.1.self_attn.q_proj.lora_A.weight`,
      `${base}.language_model.layers.0.mlp.down_proj.lora_B.weight`,
      `${base}.visual.blocks.2.attn.qkv.lora_A.weight`,
      `${base}.visual.blocks.0.mlp.linear_fc2.lora_B.weight`,
      `${base}.visual.deepstack_merger_list.1.linear_fc1.lora_A.weight`,
      `${base}.visual.merger.norm.bias`,
    ]),
  );
  // The head, tables, and what is trained whole have no factors.
  expect(names.filter((name) => /lm_head|embed|\.visual\.merger\..*lora/.test(name))).toEqual([]);
  const summary = await mergeAdapter({
    model: at('model'),
    adapter: at('adapter'),
    to: at('merged'),
  });
  expect(summary).toMatchObject({ replaced: 6, types: ['F32'] });
  const merged = await open({ model: at('merged') });
  expect(worstOf(await inspectLogits(merged.engine, prompt), expected)).toBeLessThan(1e-5);
  await merged.dispose();
});

test('an adapter of layers alone, merged and taken out, leaves the base', async () => {
  const policy = await open({ lora: { rank: 2, vision: true } });
  await train(policy, 0, 1);
  await policy.save(at('plain-adapter'), { optimizer: false });
  await policy.dispose();
  const adapter = at('plain-adapter');
  const { layers } = await mergeAdapter({ model: at('model'), adapter, to: at('with') });
  // Seven of each decoder layer, four of each block, two of each of three mergers.
  expect(layers).toBe(7 * 3 + 4 * 3 + 2 * 3);
  await mergeAdapter({ model: at('with'), adapter, to: at('without'), undo: true });
  const [base, undone] = [await tensorsOf(at('model')), await tensorsOf(at('without'))];
  for (const [name, values] of base) {
    expect(worstOf(undone.get(name)!, values)).toBeLessThan(1e-6);
  }
});

test('generation token by token draws what the loop in a graph draws', async () => {
  const policy = await open();
  const { engine } = policy;
  const sessions = new ChunkSessions(engine);
  const all = async (chunks: AsyncIterable<GeneratedChunk>) => {
    const found = { tokens: [] as number[], logits: [] as number[] };
    for await (const chunk of chunks) {
      found.tokens.push(...chunk.tokenIds);
      found.logits.push(...(chunk.logits ?? []));
    }
    return found;
  };
  const request = {
    prompts: batch.map(({ prompt }) => prompt),
    completionsPerPrompt: 2,
    sampling: {
      temperature: 0.9,
      topP: 0.95,
      topK: 0,
      repetitionPenalty: 1.1,
      maxNewTokens: 9,
      chunkTokens: 4,
    },
    seed: 5,
  };
  const tokens = { stopTokenIds: [], padTokenId: 0, withLogits: true };
  let generations = 0;
  for (const generation of planGenerations(tiny, engine.settings.maxRunBytes, request, tokens)) {
    const stepwise = await all(generateByStep(engine, generation));
    const looped = await all(generate(engine, sessions, generation));
    expect(stepwise.tokens).toEqual(looped.tokens);
    expect(
      worstOf(Float32Array.from(stepwise.logits), Float32Array.from(looped.logits)),
    ).toBeLessThan(1e-4);
    generations++;
  }
  expect(generations).toBeGreaterThan(0);
  await sessions.dispose();
  await policy.dispose();
});
