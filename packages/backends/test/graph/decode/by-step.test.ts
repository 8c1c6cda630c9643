import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SampleRequest, SamplingParameters } from '@loci/core';
import { generate } from '../../../src/graph/decode/by-chunk.ts';
import { ChunkSessions } from '../../../src/graph/decode/chunk-sessions.ts';
import { generateByStep } from '../../../src/graph/decode/by-step.ts';
import type { OnnxPolicy } from '../../../src/onnx/onnx-policy.ts';
import { openOnnxPolicy } from '../../../src/onnx/onnx-policy.ts';
import { planGenerations } from '../../../src/engine/generation.ts';
import type { GeneratedChunk } from '../../../src/engine/generation.ts';
import {
  randomMedia,
  randomPrompt,
  temporaryFolder,
  writeTinyModel,
} from '../../support/tiny-model.ts';

const folder = await temporaryFolder();
const model = join(folder.path, 'model');
const config = await writeTinyModel(model);
afterAll(folder.remove);

async function all(chunks: AsyncIterable<GeneratedChunk>) {
  const [tokens, logProbs, logits]: number[][] = [[], [], []];
  for await (const chunk of chunks) {
    tokens!.push(...chunk.tokenIds);
    logProbs!.push(...chunk.logProbs);
    logits!.push(...(chunk.logits ?? []));
  }
  return { tokens: tokens!, logProbs: logProbs!, logits: logits! };
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  const worst = found.reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i]!)), 0);
  expect(worst).toBeLessThan(1e-4);
}

describe('token by token', () => {
  let policy: OnnxPolicy;
  beforeAll(async () => {
    policy = await openOnnxPolicy({ model, threads: 1 });
  });
  afterAll(() => policy.dispose());

  test.each([
    ['greedy', { temperature: 0 }],
    ['sampled, filtered and penalized', { temperature: 0.9, topP: 0.9, repetitionPenalty: 1.1 }],
  ])('the same tokens come out as by the loop in a graph: %s', async (_, change) => {
    const sampling: SamplingParameters = {
      ...{
        temperature: 1,
        topP: 1,
        topK: 0,
        repetitionPenalty: 1,
        maxNewTokens: 11,
        chunkTokens: 4,
      },
      ...change,
    };
    const request: SampleRequest = {
      prompts: [
        randomPrompt(config, [randomMedia(config, [2, 4, 4], 1)], 5, 1),
        randomPrompt(config, [], 9, 2),
      ],
      completionsPerPrompt: 3,
      sampling,
      seed: 5,
    };
    const tokens = { stopTokenIds: [], padTokenId: 0, withLogits: true };
    const { engine } = policy;
    const sessions = new ChunkSessions(engine);
    const { maxRunBytes } = engine.settings;
    for (const generation of planGenerations(config, maxRunBytes, request, tokens)) {
      const stepwise = await all(generateByStep(engine, generation));
      const looped = await all(generate(engine, sessions, generation));
      expect(stepwise.tokens).toEqual(looped.tokens);
      expectClose(stepwise.logProbs, looped.logProbs);
      expectClose(stepwise.logits, looped.logits);
    }
    await sessions.dispose();
  });
});
