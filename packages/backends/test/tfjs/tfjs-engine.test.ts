import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SampleRequest } from '@loci/core';
import { parseModel } from '../../src/models/index.ts';
import { planGenerations } from '../../src/engine/generation.ts';
import { parameterArena } from '../../src/weights/parameter-arena.ts';
import { startBackend } from '../../src/tfjs/start/start-backend.ts';
import { TfjsEngine } from '../../src/tfjs/tfjs-engine.ts';
import { tinyConfigJson } from '../support/tiny-config.ts';
import { randomPrompt } from '../support/tiny-model.ts';

describe('a backend that holds little', () => {
  const tiny = parseModel(tinyConfigJson());
  const { size } = parameterArena({ model: tiny });
  let engine: TfjsEngine;
  beforeAll(async () => {
    // Room for the weights with all that training takes, and for runs of 256 KiB.
    const memoryLimit = 4 * 10 * size + 2 ** 18;
    const backend = { ...(await startBackend('cpu')), memoryLimit };
    const trained = new Float32Array(size).fill(0.01);
    const settings = { positionRule: '4.49', maxRunBytes: 2 ** 30 } as const;
    engine = await TfjsEngine.start(backend, { model: tiny }, { trained }, settings);
  });
  afterAll(() => engine.dispose());

  const generate = async (length: number) => {
    const request: SampleRequest = {
      prompts: [randomPrompt(tiny, [], length, 1)],
      completionsPerPrompt: 1,
      sampling: { temperature: 0, topP: 1, topK: 0, repetitionPenalty: 1, maxNewTokens: 1 },
      seed: 1,
    };
    const tokens = { stopTokenIds: [], padTokenId: 0 };
    let made = 0;
    for (const generation of planGenerations(tiny, engine.maxRunBytes, request, tokens)) {
      for await (const { steps } of engine.generate(generation)) made += steps;
    }
    return made;
  };
  const logProbs = (length: number) =>
    engine.logProbs(
      [{ prompt: randomPrompt(tiny, [], length, 1), completions: [Int32Array.of(7)] }],
      'current',
    );

  test('runs what fits', async () => {
    expect(await generate(8)).toBe(1);
    expect((await logProbs(8)).logProbs).toHaveLength(1);
  });

  test('refuses to generate, and to read, what does not', async () => {
    const refusal = {
      code: 'run-too-large',
      message: expect.stringMatching(/needs about \d+ MB, but the cpu backend holds \d+: shorten/),
    };
    await expect(generate(400)).rejects.toMatchObject(refusal);
    await expect(logProbs(400)).rejects.toMatchObject(refusal);
  });
});
