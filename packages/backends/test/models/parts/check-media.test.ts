import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EncodedPrompt, OptimStepParameters, SampleEvent, TrainingGroup } from '@loci/core';
import { lastValueFrom, tap } from 'rxjs';
import type { OnnxPolicy } from '../../../src/onnx/onnx-policy.ts';
import { openOnnxPolicy } from '../../../src/onnx/onnx-policy.ts';
import {
  randomMedia,
  randomPrompt,
  randomTokens,
  temporaryFolder,
  writeTinyModel,
} from '../../support/tiny-model.ts';

const folder = await temporaryFolder();
const tiny = await writeTinyModel(join(folder.path, 'model'));
afterAll(folder.remove);

const STILL: OptimStepParameters = {
  learningRate: 0,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  maxGradNorm: 0,
};

function groupOf(prompt: EncodedPrompt): TrainingGroup {
  const targets = [{ weights: Float32Array.of(1, 1, 1) }];
  return { prompt, completions: [randomTokens(tiny, 3, 1)], targets };
}

describe('media that do not fit their prompt', () => {
  let policy: OnnxPolicy;
  beforeAll(async () => {
    policy = await openOnnxPolicy({ model: join(folder.path, 'model'), threads: 1 });
  });
  afterAll(() => policy.dispose());

  const video = randomMedia(tiny, [1, 4, 4], 1);
  const prompt = randomPrompt(tiny, [video], 4, 1);
  const cut = { ...video, patches: video.patches.slice(1) };
  test.each([
    ['are missing', []],
    ['are too many', [video, video]],
    ['have too few patches', [cut]],
  ])('and %s are refused before anything is computed', async (_, media) => {
    const bad = { ...prompt, media };
    const batch = [prompt, bad].map(groupOf);
    const refusal = { code: 'media-mismatch' };
    await expect(policy.forwardBackward(batch, { kind: 'cross-entropy' })).rejects.toMatchObject(
      refusal,
    );
    expect((await policy.optimStep(STILL)).gradNorm).toBe(0);
    await expect(policy.logProbs(batch, 'start')).rejects.toMatchObject(refusal);
    const sampling = { temperature: 1, topP: 1, topK: 0, repetitionPenalty: 1, maxNewTokens: 2 };
    const events: SampleEvent[] = [];
    const request = { prompts: [prompt, bad], completionsPerPrompt: 1, sampling, seed: 1 };
    const drawing = lastValueFrom(policy.sample(request).pipe(tap((event) => events.push(event))));
    await expect(drawing).rejects.toMatchObject(refusal);
    expect(events).toEqual([]);
  });
});
