import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import type { SampleEvent, SampleRequest, SamplingParameters } from '@loci/core';
import { planGenerations } from '../../../src/engine/generation.ts';
import { TapeGenerator } from '../../../src/graph/decode/by-tape.ts';
import { inspectGreedy } from '../../../src/graph/decode/generator.ts';
import { GraphEngine } from '../../../src/graph/engine/graph-engine.ts';
import type { LoraSettings } from '../../../src/lora/lora-schema.ts';
import { readModel } from '../../../src/models/index.ts';
import type { FreshSizes } from '../../../src/models/spec/sizes.ts';
import { openOnnxPolicy } from '../../../src/onnx/onnx-policy.ts';
import type { OnnxPolicy } from '../../../src/onnx/onnx-policy.ts';
import { OnnxRuntime } from '../../../src/onnx/onnx-runtime.ts';
import { readArena } from '../../../src/weights/arena-weights.ts';
import { parameterArena } from '../../../src/weights/parameter-arena.ts';
import { openCheckpoint } from '../../../src/weights/safetensors.ts';
import { recordStep } from '../../../src/wasm/tape/record.ts';
import { randomFloats } from '../../support/gradient-check.ts';
import { describeWith, referenceFolder } from '../../support/parity-fixture.ts';
import { QWEN3_TINY } from '../../support/qwen3.ts';
import {
  randomMedia,
  randomPrompt,
  temporaryFolder,
  TINY_SIZES,
  writeTinyModel,
} from '../../support/tiny-model.ts';

const folder = await temporaryFolder();
afterAll(folder.remove);
const at = (name: string) => join(folder.path, name);
const tiny = await writeTinyModel(at('tiny'));
const open = (model: string, settings: object = {}) =>
  openOnnxPolicy({ model, threads: 2, decoder: 'wasm', ...settings });

/** Weights larger than a fresh model's, so that what is attended to matters; low-rank factors too. */
async function stir({ engine }: OnnxPolicy): Promise<void> {
  const weights = await engine.weights();
  const random = randomFloats(weights.length, 3, [-0.25, 0.25]);
  await engine.setWeights(weights.map((value, index) => value + random[index]!));
}

/** Greedy continuations of three prompts, one with a video, by graphs and by kernels. */
async function expectSameContinuations(engine: GraphEngine, tokens: number): Promise<void> {
  const prompts = [
    randomPrompt(engine.model, [], 5, 1),
    randomPrompt(engine.model, [randomMedia(engine.model, [2, 4, 6], 1)], 9, 2),
    randomPrompt(engine.model, [], 14, 3),
  ];
  const inGraphs = await inspectGreedy(engine, prompts, tokens);
  const onKernels = await inspectGreedy(engine, prompts, tokens, { decoder: 'wasm', threads: 2 });
  onKernels.forEach(({ tokenIds, logits }, prompt) => {
    const expected = inGraphs[prompt]!;
    expect([...tokenIds]).toEqual([...expected.tokenIds]);
    const error = logits.reduce(
      (most, value, index) => Math.max(most, Math.abs(value - expected.logits[index]!)),
      0,
    );
    expect(error).toBeLessThan(1e-4);
    expect(error).toBeGreaterThan(0);
  });
}

describe('continuations are those of the graphs', () => {
  const text = (change: Partial<FreshSizes['text']>): FreshSizes => ({
    ...TINY_SIZES,
    text: { ...TINY_SIZES.text, ...change },
  });
  const qwen3 = { ...QWEN3_TINY, text: { ...QWEN3_TINY.text, headDim: 16 } };
  const lora: LoraSettings = { rank: 4, rankPattern: { q_proj: 2 }, rankStabilised: true };
  test.each<[string, FreshSizes, string, object]>([
    ['one key head', text({ heads: 4, kvHeads: 1 }), 'qwen2-5-vl', {}],
    [
      'as many key heads as heads',
      text({ heads: 3, kvHeads: 3, hiddenSize: 24 }),
      'qwen2-5-vl',
      {},
    ],
    ['a head of its own', text({ tieWordEmbeddings: false, headDim: 24 }), 'qwen2-5-vl', {}],
    ['wide layers', text({ intermediateSize: 52, hiddenSize: 40 }), 'qwen2-5-vl', {}],
    ['normed queries and keys', qwen3, 'qwen3-vl', {}],
    ['low-rank factors', TINY_SIZES, 'qwen2-5-vl', { lora }],
  ])('%s', async (name, sizes, architecture, settings) => {
    const model = at(name);
    await writeTinyModel(model, 2, { architecture, sizes });
    const policy = await open(model, settings);
    try {
      await stir(policy);
      await expectSameContinuations(policy.engine, 12);
    } finally {
      await policy.dispose();
    }
  });

  for (const name of ['qwen2_5_vl_tiny', 'qwen3_vl_tiny']) {
    describeWith(join(referenceFolder, name))(`the fixture ${name}`, () => {
      test('agrees', async () => {
        const model = await readModel(join(referenceFolder, name));
        const checkpoint = await openCheckpoint(join(referenceFolder, name));
        const trained = await readArena(checkpoint, parameterArena({ model }));
        await checkpoint.close();
        const runtime = new OnnxRuntime({ threads: 2 });
        try {
          const settings = {
            lowering: 'fused',
            positionRule: '5.18',
            maxRunBytes: 2 ** 30,
            maxSessions: 8,
          } as const;
          await expectSameContinuations(
            await GraphEngine.start(runtime, { model }, { trained }, settings),
            8,
          );
        } finally {
          await runtime.dispose();
        }
      });
    });
  }
});

const sampling: SamplingParameters = {
  temperature: 1,
  topP: 0.9,
  topK: 0,
  repetitionPenalty: 1.1,
  maxNewTokens: 70,
  chunkTokens: 40,
};
const request: SampleRequest = {
  prompts: [4, 9, 6].map((length, seed) => randomPrompt(tiny, [], length, seed)),
  completionsPerPrompt: 3,
  sampling,
  seed: 7,
};
const finished = (events: readonly SampleEvent[]) =>
  events
    .filter(({ type }) => type === 'completion')
    .sort((a, b) => a.prompt - b.prompt || a.completion - b.completion);
const sample = async (policy: OnnxPolicy, change: Partial<SampleRequest> = {}) =>
  finished(await lastValueFrom(policy.sample({ ...request, ...change }).pipe(toArray())));

describe('threads', () => {
  test.each([
    [9, 3],
    [72, 24], // so many that each thread takes several shares
  ])(
    'any number of them makes the same %i completions, which end at different times',
    async (_, completionsPerPrompt) => {
      const found: unknown[] = [];
      for (const threads of [1, 2, 3]) {
        const policy = await open(at('tiny'), { threads });
        await stir(policy);
        found.push(await sample(policy, { completionsPerPrompt }));
        await policy.dispose();
      }
      expect(found[1]).toEqual(found[0]);
      expect(found[2]).toEqual(found[0]);
      const lengths = (found[0] as readonly SampleEvent[]).map(({ tokenIds }) => tokenIds.length);
      expect(new Set(lengths).size).toBeGreaterThan(2);
    },
  );

  test('a consumer that leaves stops the work, and what it held is used again', async () => {
    const policy = await open(at('tiny'));
    const before = await sample(policy);
    for (let turn = 0; turn < 20; turn++) await firstValueFrom(policy.sample(request));
    const [one, other] = await Promise.all([sample(policy), sample(policy)]);
    expect(one).toEqual(before);
    expect(other).toEqual(before);
    await policy.dispose();
    await expect(sample(policy)).rejects.toMatchObject({ code: 'policy-disposed' });
  });
});

describe('the choice', () => {
  test('more than the memory can hold is made in graphs, or is an error where kernels are asked for', async () => {
    const policy = await open(at('tiny'));
    const { engine } = policy;
    const maxNewTokens = 2 ** 28;
    const [generation] = planGenerations(
      engine.model,
      2 ** 30,
      { ...request, sampling: { ...sampling, maxNewTokens } },
      { stopTokenIds: [], padTokenId: 0 },
    );
    const tape = new TapeGenerator(engine, recordStep(engine), 1);
    expect(tape.fits(generation!)).toBe(false);
    await expect(tape.generate(generation!).next()).rejects.toMatchObject({
      code: 'out-of-memory',
    });
    const small = { ...generation!, sampling: { ...sampling, maxNewTokens: 3 } };
    expect(tape.fits(small)).toBe(true);
    expect((await tape.generate(small).next()).value).toMatchObject({ steps: 3 });
    await tape.dispose();
    await policy.dispose();
  });

  test('is said, and auto goes by the rows', async () => {
    const auto = await open(at('tiny'), { decoder: 'auto' });
    expect(auto.capabilities.description).toContain('tokens generated in WebAssembly');
    expect(auto.capabilities.engine?.choice).toMatch(
      /tokens are generated in WebAssembly for up to \d+ completions at once/,
    );
    await auto.dispose();
    const onnx = await open(at('tiny'), { decoder: 'onnx' });
    expect(onnx.capabilities.description).not.toContain('WebAssembly');
    await onnx.dispose();
  });

  test('a model without kernels is generated in graphs, or refused where kernels are asked for', async () => {
    await writeTinyModel(at('odd'), 1, { architecture: 'qwen3-vl', sizes: QWEN3_TINY });
    const auto = await open(at('odd'), { decoder: 'auto' });
    expect(auto.capabilities.description).not.toContain('WebAssembly');
    expect(auto.capabilities.engine?.choice).toContain(
      'no WebAssembly kernel for half a head of 6',
    );
    expect(
      await sample(auto, { prompts: [randomPrompt(auto.engine.model, [], 5, 1)] }),
    ).toHaveLength(3);
    await auto.dispose();
    await expect(open(at('odd'))).rejects.toMatchObject({
      code: 'engine-unavailable',
      message: expect.stringContaining('use auto or onnx'),
    });
  });
});
