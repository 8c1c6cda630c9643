import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Loss, TrainingGroup } from '@loci/core';
import { planMicroBatches } from '../../../src/engine/micro-batches.ts';
import { inspectGradients } from '../../../src/graph/engine/inspection.ts';
import { openOnnxPolicy } from '../../../src/onnx/onnx-policy.ts';
import type { OnnxPolicy } from '../../../src/onnx/onnx-policy.ts';
import { randomFloats } from '../../support/gradient-check.ts';
import { framedPrompt, QWEN3_TINY } from '../../support/qwen3.ts';
import {
  randomMedia,
  randomPrompt,
  randomTokens,
  temporaryFolder,
  writeTinyModel,
} from '../../support/tiny-model.ts';
import type { TinyModelOptions } from '../../support/tiny-model.ts';

/** More than eight to one, and a completion of one token. The first two groups run twice, the third by itself. */
const LENGTHS = [
  [96, 1, 12],
  [40, 2, 25],
  [7, 96, 1, 60, 33, 90],
];

/** How attention pads the first group twice, and the third. */
const BANDS = [
  [
    { completions: 4, length: 24 },
    { completions: 2, length: 96 },
  ],
  [
    { completions: 1, length: 24 },
    { completions: 2, length: 48 },
    { completions: 1, length: 72 },
    { completions: 2, length: 96 },
  ],
];

const LOSSES: readonly Loss[] = [
  { kind: 'cross-entropy' },
  { kind: 'policy-gradient', clipLow: 0.2, clipHigh: 0.2, klWeight: 0.1 },
  { kind: 'linear', temperature: 1.3, entropies: true },
];

function raggedBatch(
  { engine: { model } }: OnnxPolicy,
  promptOf: typeof randomPrompt,
): TrainingGroup[] {
  const prompts = [
    promptOf(model, [randomMedia(model, [2, 4, 6], 1)], 5, 1),
    promptOf(model, [], 19, 2),
    promptOf(model, [], 7, 3),
  ];
  return prompts.map((prompt, group) => {
    const completions = LENGTHS[group]!.map((length, seed) =>
      randomTokens(model, length, 10 * group + seed),
    );
    const targets = completions.map(({ length }, row) => ({
      weights: randomFloats(length, row, [0.1, 0.2]),
      entropyWeights: randomFloats(length, row + 5, [-0.1, 0]),
      advantages: new Float32Array(length).fill([1, -0.7, 0.4, 0.2, -0.9, 0.6][row]!),
      referenceLogProbs: randomFloats(length, row + 9, [-6, -2]),
    }));
    return { prompt, completions, targets };
  });
}

const ARCHITECTURES: Readonly<Record<string, TinyModelOptions>> = {
  'qwen2-5-vl': {},
  'qwen3-vl': { architecture: 'qwen3-vl', sizes: QWEN3_TINY },
};

describe.each(Object.entries(ARCHITECTURES))('packed completions of %s', (name, options) => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let policy: OnnxPolicy;
  beforeAll(async () => {
    folder = await temporaryFolder();
    await writeTinyModel(folder.path, 1, options);
    policy = await openOnnxPolicy({ model: folder.path, threads: 1 });
  });
  beforeEach(() => policy.engine.clearGradients());
  afterAll(async () => {
    await policy.dispose();
    await folder.remove();
  });

  test.each(LOSSES)('give what each completion gives alone: %j', async (loss) => {
    const batch = raggedBatch(policy, name === 'qwen3-vl' ? framedPrompt : randomPrompt);
    const whole = [...batch, ...batch.slice(0, 2)];
    const apart = whole.flatMap(({ prompt, completions, targets }) =>
      completions.map((completion, row) => ({
        prompt,
        completions: [completion],
        targets: [targets[row]!],
      })),
    );
    const { batches } = policy.engine.model;
    const layouts = (groups: readonly TrainingGroup[]) =>
      planMicroBatches(groups, batches, 2 ** 40).map(({ layout }) => layout);
    expect(layouts(whole).flatMap(({ bands }) => (bands ? [bands] : []))).toEqual(BANDS);
    for (const group of apart) expect(layouts([group])[0]).not.toHaveProperty('packedRows');

    const together = await policy.forwardBackward(whole, loss);
    const gradients = await inspectGradients(policy.engine);
    await policy.engine.clearGradients();
    let sum = 0;
    const logProbs: Float32Array[] = [];
    const entropies: Float32Array[] = [];
    for (const group of apart) {
      const found = await policy.forwardBackward([group], loss);
      sum += found.loss;
      logProbs.push(found.logProbs[0]![0]! as Float32Array);
      if (found.entropies) entropies.push(found.entropies[0]![0]! as Float32Array);
    }
    expect(together.loss).toBeCloseTo(sum, 3);
    const near = (found: readonly ArrayLike<number>[], expected: readonly Float32Array[]) =>
      expected.forEach((own, row) =>
        own.forEach((value, at) => expect(found[row]![at]).toBeCloseTo(value, 4)),
      );
    near(together.logProbs.flat(), logProbs);
    near(together.entropies?.flat() ?? [], entropies);
    for (const [name, expected] of await inspectGradients(policy.engine)) {
      const found = gradients.get(name)!;
      const error = Math.hypot(...expected.map((value, at) => value - found[at]!));
      const norm = Math.hypot(...expected);
      expect({ name, near: error <= 1e-4 * norm + 1e-7 }).toEqual({ name, near: true });
    }
  });
});
