import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Loss, TrainingGroup } from '@loci/core';
import { parseModel, writeModelConfig } from '../../../src/models/index.ts';
import type { Model } from '../../../src/models/spec/model.ts';
import { writeCheckpoint } from '../../../src/weights/safetensors-write.ts';
import { inspectGradients } from '../../../src/graph/engine/inspection.ts';
import type { LoweringName } from '../../../src/graph/lower/kernels.ts';
import { openOnnxPolicy } from '../../../src/onnx/onnx-policy.ts';
import { randomFloats } from '../../support/gradient-check.ts';
import {
  randomMedia,
  randomPrompt,
  randomTokens,
  temporaryFolder,
  writeTinyModel,
} from '../../support/tiny-model.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let tiny: Model;
beforeAll(async () => {
  folder = await temporaryFolder();
  const written = await writeTinyModel(folder.path);
  tiny = parseModel({ ...written.configJson, max_position_embeddings: 512 });
  await writeModelConfig(folder.path, tiny);
});
afterAll(() => folder.remove());

/** A prompt with a video and two completions, long enough for attention in several blocks. */
function longGroup(): TrainingGroup {
  const prompt = randomPrompt(tiny, [randomMedia(tiny, [2, 4, 6], 1)], 150, 2);
  const completions = [140, 60].map((length, seed) => randomTokens(tiny, length, 3 + seed));
  const targets = completions.map(({ length }, row) => ({
    weights: new Float32Array(length).fill(1 / 200),
    advantages: new Float32Array(length).fill(row === 0 ? 1 : -1),
  }));
  return { prompt, completions, targets };
}

/** Writes random weights for a vocabulary of which only so many rows of logits are held at a time. */
async function writeManyWords(path: string): Promise<Model> {
  const written = await writeTinyModel(path);
  const many = parseModel({ ...written.configJson, vocab_size: 60_000 });
  await writeModelConfig(path, many);
  const tensors = many.parameters.all.map(({ name, shape }, seed) => {
    const size = shape.reduce((product, side) => product * side, 1);
    const data = shape.length === 1 ? new Float32Array(size).fill(1) : randomFloats(size, seed);
    return { name, shape, data };
  });
  await writeCheckpoint(join(path, 'model.safetensors'), tensors);
  return many;
}

const LOSSES: readonly Loss[] = [
  { kind: 'cross-entropy' },
  { kind: 'linear', temperature: 1.3, entropies: true },
];

test.each(LOSSES)(
  'a head of many words is read in parts, with the same outcome: %j',
  async (loss) => {
    const own = await temporaryFolder();
    const many = await writeManyWords(own.path);
    const policy = await openOnnxPolicy({ model: own.path, threads: 1 });
    try {
      const prompt = randomPrompt(many, [], 12, 1);
      const completions = [1, 2].map((seed) => randomTokens(many, 90, seed));
      const targets = completions.map(({ length }) => ({
        weights: new Float32Array(length).fill(1),
        entropyWeights: new Float32Array(length).fill(-2),
      }));
      const whole = await policy.forwardBackward([{ prompt, completions, targets }], loss);
      const gradients = await inspectGradients(policy.engine);
      await policy.engine.clearGradients();
      for (const [index, completion] of completions.entries()) {
        const alone = { prompt, completions: [completion], targets: [targets[index]!] };
        const { logProbs, entropies } = await policy.forwardBackward([alone], loss);
        logProbs[0]![0]!.forEach((value, at) =>
          expect(whole.logProbs[0]![index]![at]).toBeCloseTo(value, 4),
        );
        expect(entropies !== undefined).toBe(loss.kind === 'linear');
        entropies?.[0]![0]!.forEach((value, at) =>
          expect(whole.entropies![0]![index]![at]).toBeCloseTo(value, 4),
        );
      }
      for (const [name, expected] of await inspectGradients(policy.engine)) {
        const found = gradients.get(name)!;
        const error = Math.sqrt(expected.reduce((sum, v, at) => sum + (v - found[at]!) ** 2, 0));
        const norm = Math.sqrt(expected.reduce((sum, v) => sum + v ** 2, 0));
        expect({ name, near: error <= 1e-4 * norm }).toEqual({ name, near: true });
      }
    } finally {
      await policy.dispose();
      await own.remove();
    }
  },
);

const LOSS = { kind: 'policy-gradient', clipLow: 0.2, clipHigh: 0.2, klWeight: 0 } as const;

async function gradients(recompute: boolean, lowering: LoweringName) {
  const policy = await openOnnxPolicy({ model: folder.path, threads: 1, recompute, lowering });
  try {
    const { loss, logProbs } = await policy.forwardBackward([longGroup()], LOSS);
    return { loss, logProbs, gradients: await inspectGradients(policy.engine) };
  } finally {
    await policy.dispose();
  }
}

describe.each(['plain', 'fused'] as const)('recomputation, %s operations', (lowering) => {
  test('gives the loss, log-probabilities and gradients of the pass that keeps everything', async () => {
    const [kept, again] = [await gradients(false, lowering), await gradients(true, lowering)];
    expect(again.loss).toBeCloseTo(kept.loss, 6);
    again.logProbs.flat(2).forEach((values, row) => {
      const expected = kept.logProbs.flat(2)[row]!;
      values.forEach((value, at) => expect(value).toBeCloseTo(expected[at]!, 5));
    });
    for (const [name, expected] of kept.gradients) {
      const found = again.gradients.get(name)!;
      const norm = Math.hypot(...expected);
      const error = Math.hypot(...expected.map((value, at) => value - found[at]!));
      expect({ name, near: norm > 0 && error <= 1e-5 * norm }).toEqual({ name, near: true });
    }
  });
});
