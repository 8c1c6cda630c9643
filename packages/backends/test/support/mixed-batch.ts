/** A batch for two engines on one model. */
import type { TrainingGroup } from '@loci/core';
import type { Model } from '../../src/models/spec/model.ts';
import { randomFloats } from './gradient-check.ts';
import { randomMedia, randomPrompt, randomTokens } from './tiny-model.ts';

/** Two groups, one with a video whose windows differ in size and one with text alone; lengths differ throughout. */
export function mixedBatch(model: Model, seed: number): TrainingGroup[] {
  const prompts = [
    randomPrompt(model, [randomMedia(model, [2, 4, 6], seed)], 5, seed),
    randomPrompt(model, [], 19, seed + 1),
  ];
  return prompts.map((prompt, group) => {
    const completions = [7, 3, 12].map((length, index) =>
      randomTokens(model, length, seed + 10 * group + index),
    );
    return {
      prompt,
      completions,
      targets: completions.map(({ length }, index) => ({
        weights: new Float32Array(length).fill(1 / (3 * length)),
        advantages: new Float32Array(length).fill([1, -0.7, 0.4][index]!),
        referenceLogProbs: randomFloats(length, seed + index, [-6, -2]),
      })),
    };
  });
}
