import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { describe, expect, test } from '@jest/globals';
import { LociError } from '@loci/core';
import { lastValueFrom, take, toArray } from 'rxjs';
import { findWebgpuAdapter } from '../../../src/devices/webgpu-adapter.ts';
import { parseModel } from '../../../src/models/index.ts';
import { parameterArena } from '../../../src/weights/parameter-arena.ts';
import { sampleStream } from '../../../src/engine/sample-stream.ts';
import type { TfjsEngineApi } from '../../../src/tfjs/engine-api.ts';
import type { EngineStart } from '../../../src/tfjs/thread/messages.ts';
import { ThreadedEngine } from '../../../src/tfjs/thread/threaded-engine.ts';
import { serveEngine } from '../../../src/tfjs/thread/serve.ts';
import { randomFloats } from '../../support/gradient-check.ts';
import { tinyConfigJson } from '../../support/tiny-config.ts';

const tiny = parseModel(tinyConfigJson());
const { size } = parameterArena({ model: tiny });

const start: EngineStart = {
  engine: 'wasm',
  configJson: tiny.configJson,
  trained: randomFloats(size, 1, [-0.3, 0.3]),
  folder: 'nothing is frozen',
  positionRule: '5.18',
  maxRunBytes: 2 ** 28,
};

/** A thread's handle made of a port: as a worker has it. */
function threadOf(port: MessagePort) {
  return Object.assign(port, { terminate: () => port.close() });
}

async function remote(settings: EngineStart = start): Promise<ThreadedEngine> {
  const { port1, port2 } = new MessageChannel();
  const connected = ThreadedEngine.connect(threadOf(port1), settings);
  await serveEngine(port2, settings);
  try {
    return await connected;
  } catch (error) {
    port1.close();
    throw error;
  }
}

const group = {
  prompt: { tokenIds: Int32Array.of(7, 8, 9, 10), media: [] },
  completions: [Int32Array.of(11, 12, 13), Int32Array.of(14)],
};

async function using(body: (engine: TfjsEngineApi) => Promise<void>): Promise<void> {
  const engine = await remote();
  try {
    await body(engine);
  } finally {
    await engine.dispose();
  }
}

describe('an engine behind messages', () => {
  test('says what it runs on, gives its weights back and trains', () =>
    using(async (engine) => {
      expect(engine.description).toMatch(/^TensorFlow\.js .*wasm/);
      expect(await engine.weights()).toEqual(start.trained);
      const targets = group.completions.map(({ length }) => ({
        weights: new Float32Array(length).fill(1),
      }));
      const loss = { kind: 'cross-entropy' } as const;
      const before = await engine.forwardBackward([{ ...group, targets }], loss);
      const { applied } = await engine.optimStep({
        learningRate: 1e-2,
        beta1: 0.9,
        beta2: 0.99,
        epsilon: 1e-8,
        weightDecay: 0,
        maxGradNorm: 0,
      });
      expect(applied).toBe(true);
      const after = await engine.forwardBackward([{ ...group, targets }], loss);
      expect(after.loss).toBeLessThan(before.loss);
      expect((await engine.moments()).step).toBe(1);
      const { logProbs } = after;
      expect(await engine.logProbs([group], 'current')).toEqual({ logProbs });
      expect(await engine.logProbs([group], 'start')).toEqual({ logProbs: before.logProbs });
      const readout = { temperature: 2, entropies: true };
      const warm = await engine.logProbs([group], 'current', readout);
      expect(warm.logProbs).not.toEqual(logProbs);
      expect(warm.entropies!.flat().map(({ length }) => length)).toEqual(
        logProbs.flat().map(({ length }) => length),
      );
    }));

  test('generations stream, and one that is left frees what it held', () =>
    using(async (engine) => {
      const sampling = { temperature: 1, topP: 1, topK: 0, repetitionPenalty: 1, chunkTokens: 2 };
      const request = {
        prompts: [group.prompt],
        completionsPerPrompt: 2,
        sampling: { ...sampling, maxNewTokens: 8 },
        seed: 1,
      };
      const { tensors } = await engine.memory();
      const stream = () => sampleStream(engine, request, { stopTokenIds: [], padTokenId: 0 });
      const events = await lastValueFrom(stream().pipe(toArray()));
      expect(events.filter(({ type }) => type === 'chunk')).toHaveLength(8);
      expect(events.filter(({ type }) => type === 'completion')).toHaveLength(2);
      await lastValueFrom(stream().pipe(take(1)));
      const again = await lastValueFrom(stream().pipe(toArray()));
      expect(again).toEqual(events);
      expect((await engine.memory()).tensors).toBe(tensors);
    }));

  test('errors keep their code, and those of the library are told apart', () =>
    using(async (engine) => {
      const lost = {
        prompt: { tokenIds: Int32Array.of(7, tiny.tokens.video), media: [] },
        completions: [Int32Array.of(7)],
      };
      await expect(engine.logProbs([lost], 'current')).rejects.toMatchObject({
        code: 'media-mismatch',
      });
      await expect(engine.setWeights(new Float32Array(3))).rejects.toMatchObject({
        code: 'engine-failed',
        message: expect.stringContaining('TensorFlow.js failed'),
      });
    }));

  test('what waits when it ends is rejected, and so is what comes later', async () => {
    const engine = await remote();
    const waiting = engine.logProbs([group], 'current');
    const [outcome] = await Promise.allSettled([waiting, engine.dispose()]);
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'engine-stopped' } });
    await expect(engine.weights()).rejects.toThrow(LociError);
  });

  test('an engine that cannot start says why', async () => {
    if (!('missing' in (await findWebgpuAdapter()))) return;
    await expect(remote({ ...start, engine: 'webgpu' })).rejects.toMatchObject({
      code: 'engine-unavailable',
      message: expect.stringMatching(/Fix: (npm )?install/),
    });
  });
});
