import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { lastValueFrom, take, toArray } from 'rxjs';
import type { EncodedPrompt, SampleEvent, SampleRequest, SamplingParameters } from '@loci/core';
import { parseModel, readModel } from '../../../src/models/index.ts';
import type { Model } from '../../../src/models/spec/model.ts';
import { openCheckpoint } from '../../../src/weights/safetensors.ts';
import { inspectGreedy, graphGenerator } from '../../../src/graph/decode/generator.ts';
import { sampleStream } from '../../../src/engine/sample-stream.ts';
import type { TokenGenerator } from '../../../src/engine/sample-stream.ts';
import { GraphEngine } from '../../../src/graph/engine/graph-engine.ts';
import type { EngineSettings } from '../../../src/graph/engine/graph-run.ts';
import { OnnxRuntime } from '../../../src/onnx/onnx-runtime.ts';
import { parameterArena } from '../../../src/weights/parameter-arena.ts';
import { readArena } from '../../../src/weights/arena-weights.ts';
import { deriveSeed, randomStream } from '@loci/core';
import { readFixtureCase } from '../../support/fixture-prompts.ts';
import { describeWith, parityFolder } from '../../support/parity-fixture.ts';
import { tinyConfigJson } from '../../support/tiny-config.ts';

const settings: EngineSettings = {
  lowering: 'fused',
  positionRule: '5.18',
  maxRunBytes: 2 ** 30,
  maxSessions: 8,
};

function randomWeights(model: Model): Float32Array {
  const random = randomStream(3);
  const weights = new Float32Array(parameterArena({ model }).size);
  for (const { name, offset, size } of parameterArena({ model }).entries) {
    for (let index = 0; index < size; index++) {
      weights[offset + index] = name.includes('norm') ? 1 : (random() - 0.5) * 0.6;
    }
  }
  return weights;
}

function textPrompt(length: number, seed: number): EncodedPrompt {
  const random = randomStream(deriveSeed(seed, 'prompt'));
  return {
    tokenIds: Int32Array.from({ length }, () => 7 + Math.floor(random() * 30)),
    media: [],
  };
}

const plain: SamplingParameters = {
  temperature: 1,
  topP: 1,
  topK: 0,
  repetitionPenalty: 1,
  maxNewTokens: 24,
  chunkTokens: 8,
};

const finished = (events: readonly SampleEvent[]) =>
  events
    .filter(({ type }) => type === 'completion')
    .sort((a, b) => a.prompt - b.prompt || a.completion - b.completion);

describe.each(['onnx', 'wasm'] as const)('generation, %s', (decoder) => {
  const tiny = parseModel(tinyConfigJson());
  const prompts = [textPrompt(5, 1), textPrompt(11, 2), textPrompt(18, 3)];
  let runtime: OnnxRuntime;
  let engine: GraphEngine;
  let generator: TokenGenerator;
  beforeAll(async () => {
    runtime = new OnnxRuntime({ threads: 2 });
    engine = await GraphEngine.start(
      runtime,
      { model: tiny },
      { trained: randomWeights(tiny) },
      settings,
    );
    generator = graphGenerator(engine, { decoder, threads: 2 });
  });
  afterAll(async () => {
    await generator.dispose?.();
    await runtime.dispose();
  });
  const sample = (request: SampleRequest) =>
    sampleStream(generator, request, { stopTokenIds: [1, 2], padTokenId: 0 });
  const draw = (change: Partial<SamplingParameters> = {}, request: Partial<SampleRequest> = {}) =>
    lastValueFrom(
      sample({
        prompts,
        completionsPerPrompt: 4,
        sampling: { ...plain, ...change },
        seed: 5,
        ...request,
      }).pipe(toArray()),
    );

  test('every completion ends once, and its chunks add up to it', async () => {
    const events = await draw();
    expect(finished(events)).toHaveLength(12);
    let stopped = 0;
    for (const event of finished(events)) {
      if (event.type !== 'completion') continue;
      const chunks = events.filter(
        ({ type, prompt, completion }) =>
          type === 'chunk' && prompt === event.prompt && completion === event.completion,
      );
      expect(chunks.flatMap(({ tokenIds }) => [...tokenIds])).toEqual([...event.tokenIds]);
      expect(chunks.flatMap(({ logProbs }) => [...logProbs])).toEqual([...event.logProbs]);
      expect(chunks.every(({ tokenIds }) => tokenIds.length <= 8)).toBe(true);
      const stops = [...event.tokenIds].map((id) => id === 1 || id === 2);
      expect(stops.slice(0, -1)).not.toContain(true);
      expect(event.finishReason).toBe(stops.at(-1) ? 'stop' : 'length');
      if (event.finishReason === 'length') expect(event.tokenIds).toHaveLength(24);
      else stopped++;
    }
    expect(stopped).toBeGreaterThan(0);
    expect(stopped).toBeLessThan(12);
  });

  test('a completion depends on the seed and its place alone', async () => {
    const first = finished(await draw());
    expect(finished(await draw())).toEqual(first);
    const tokens = (events: readonly SampleEvent[]) => events.map(({ tokenIds }) => [...tokenIds]);
    expect(tokens(finished(await draw({ chunkTokens: 5 })))).toEqual(tokens(first));
    const alone = finished(await draw({}, { prompts: prompts.slice(0, 1) }));
    expect(tokens(alone)).toEqual(tokens(first.slice(0, 4)));
    expect(tokens(finished(await draw({}, { seed: 6 })))).not.toEqual(tokens(first));
  });

  test.each<[string, Partial<SamplingParameters>]>([
    ['plain', {}],
    ['filtered', { temperature: 0.8, topK: 12, topP: 0.9, repetitionPenalty: 1.3 }],
    ['greedy', { temperature: 0 }],
  ])(
    'log-probabilities are those that training computes at the temperature: %s',
    async (_, change) => {
      const events = finished(await draw(change));
      const groups = prompts.map((prompt, place) => ({
        prompt,
        completions: events
          .filter((event) => event.prompt === place)
          .map((event) => event.tokenIds),
      }));
      const readout = { temperature: change.temperature || 1, entropies: false };
      const trained = (await engine.logProbs(groups, 'current', readout)).logProbs.flat();
      events.forEach(({ logProbs }, index) => {
        const error = logProbs.reduce(
          (most, value, at) => Math.max(most, Math.abs(value - trained[index]![at]!)),
          0,
        );
        expect(error).toBeLessThan(5e-6);
      });
    },
  );

  test('leaving the stream stops the work, and the generator goes on to serve', async () => {
    const request = { prompts, completionsPerPrompt: 4, sampling: plain, seed: 5 };
    const some = await lastValueFrom(sample(request).pipe(take(2), toArray()));
    expect(some).toHaveLength(2);
    expect(finished(await draw())).toHaveLength(12);
  });

  const inGraphs = decoder === 'onnx' ? test : test.skip;
  inGraphs.each<[string, Partial<SamplingParameters>]>([
    ['plain', {}],
    ['filtered', { temperature: 0.8, topK: 12, topP: 0.9, repetitionPenalty: 1.3 }],
  ])(
    'of many completions, those that ended leave the runs after a chunk: %s',
    async (_, change) => {
      const run = jest.spyOn(runtime, 'run');
      const rowsOf = () => {
        const chunks = run.mock.calls.filter(([, feeds]) => 'trips' in feeds);
        run.mockClear();
        return chunks.map(([, feeds]) => feeds['logits']!.shape[0]!);
      };
      const few = finished(await draw(change));
      expect(new Set(rowsOf())).toEqual(new Set([12]));
      const many = finished(await draw(change, { completionsPerPrompt: 12 }));
      const rows = rowsOf();
      jest.restoreAllMocks();
      const goingOn = [0, 8, 16].map((made) => {
        const longer = prompts.map(
          (_, place) =>
            many.filter(({ prompt, tokenIds }) => prompt === place && tokenIds.length > made)
              .length,
        );
        return Math.max(...longer);
      });
      expect(rows).toEqual(goingOn.filter((most) => most > 0).map((most) => 3 * most));
      expect(new Set(rows).size).toBeGreaterThan(1);
      const same = many.filter(({ completion }) => completion < 4);
      const tokens = (events: readonly SampleEvent[]) =>
        events.map(({ tokenIds }) => [...tokenIds]);
      expect(tokens(same)).toEqual(tokens(few));
    },
  );

  inGraphs(
    'draws at once share a session, and what changed weights made stale is released',
    async () => {
      await draw();
      await engine.setWeights(randomWeights(tiny));
      const created = jest.spyOn(runtime, 'createSession');
      const released = jest.spyOn(runtime, 'releaseSession');
      const [one, other] = await Promise.all([draw(), draw()]);
      expect([created.mock.calls, released.mock.calls].map(({ length }) => length)).toEqual([1, 1]);
      jest.restoreAllMocks();
      expect(finished(other)).toEqual(finished(one));
    },
  );

  test('changed weights are used at once', async () => {
    const before = finished(await draw({ temperature: 0 }));
    const weights = randomWeights(tiny).map((value, index) => (index % 3 ? value : -value));
    await engine.setWeights(weights);
    const after = finished(await draw({ temperature: 0 }));
    await engine.setWeights(randomWeights(tiny));
    expect(after).not.toEqual(before);
    expect(finished(await draw({ temperature: 0 }))).toEqual(before);
  });
});

describeWith(parityFolder)('the fixture', () => {
  test.each([
    ['fused', 'onnx'],
    ['plain', 'onnx'],
    ['fused', 'wasm'],
  ] as const)('greedy continuations agree, %s, %s', async (lowering, decoder) => {
    const tiny = await readModel(parityFolder);
    const checkpoint = await openCheckpoint(parityFolder);
    const trained = await readArena(checkpoint, parameterArena({ model: tiny }));
    await checkpoint.close();
    const runtime = new OnnxRuntime({ threads: 2 });
    const engine = await GraphEngine.start(
      runtime,
      { model: tiny },
      { trained },
      { ...settings, lowering },
    );
    try {
      const names = ['text', 'image', 'video', 'video_long', 'left_padded', 'multi'];
      for (const name of lowering === 'fused' ? names : ['left_padded', 'multi']) {
        const { prompts, integers, floats, close } = await readFixtureCase(name);
        const single = prompts.length === 1;
        const expected = await integers('greedy_ids');
        const tokens = expected.length / prompts.length;
        const found = await inspectGreedy(engine, prompts, tokens, { decoder, threads: 2 });
        expect(found.flatMap(({ tokenIds }) => [...tokenIds])).toEqual([...expected]);
        const wanted = single ? await floats('greedy_logits') : undefined;
        await close();
        if (!wanted) continue;
        const error = found[0]!.logits.reduce(
          (most, value, index) => Math.max(most, Math.abs(value - wanted[index]!)),
          0,
        );
        expect(error).toBeLessThanOrEqual(5e-4);
      }
    } finally {
      await runtime.dispose();
    }
  });
});
