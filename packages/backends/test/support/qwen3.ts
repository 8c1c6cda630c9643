/** What tests of Qwen3-VL share: facts of published models, a tiny model, and prompts with a block for each frame. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EncodedMedia, EncodedPrompt, TrainingGroup } from '@loci/core';
import type { Model } from '../../src/models/spec/model.ts';
import type { FreshSizes } from '../../src/models/spec/sizes.ts';
import { randomFloats } from './gradient-check.ts';
import { randomMedia, randomTokens, TINY_SIZES } from './tiny-model.ts';

const FOLDER = join(import.meta.dirname, '../models/qwen3-vl');

/** A file of `test/models/qwen3-vl`. */
export function factsOf<Facts>(...path: readonly string[]): Facts {
  return JSON.parse(readFileSync(join(FOLDER, ...path), 'utf8')) as Facts;
}

/** Models whose published `config.json` is among the facts. */
export const PUBLISHED = ['2b-instruct', '4b-instruct', '8b-instruct', '32b-thinking'] as const;

/** Those of them whose stored parameters and tensors were counted (`facts/weights.json`). */
export const COUNTED = ['2b-instruct', '4b-instruct', '8b-instruct'] as const;

/** Objects of a `config.json`, as tests change them. */
export interface ConfigJson {
  readonly text_config: Readonly<Record<string, unknown>>;
  readonly vision_config: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** A published `config.json`. */
export function publishedConfig(model: (typeof PUBLISHED)[number] = '2b-instruct'): ConfigJson {
  return factsOf('hub', model, 'config.json');
}

/**
 * Sizes of a tiny Qwen3-VL: heads wider than the hidden size, two levels of DeepStack, the deeper one named first, and a decoder layer
 * after both, through which they reach the text.
 */
export const QWEN3_TINY: FreshSizes = {
  text: { ...TINY_SIZES.text, layers: 3, headDim: 12, maxPositions: 512 },
  vision: { depth: 3, hiddenSize: 16, intermediateSize: 20, heads: 2 },
  visionConfig: { deepstack_visual_indexes: [1, 0], num_position_embeddings: 25 },
};

/** A prompt as a chat template and the processor make it: text, a block for each frame with a time before it, text. */
export function framedPrompt(
  model: Model,
  media: readonly EncodedMedia[],
  textLength: number,
  seed: number,
): EncodedPrompt {
  const { tokens, vision } = model;
  const text = [...randomTokens(model, textLength, seed)];
  const blocks = media.flatMap(({ kind, grid: [times, height, width] }, index) =>
    Array.from({ length: times }, (_, time) => [
      ...(kind === 'video' ? randomTokens(model, 3, seed + 10 * index + time) : []),
      tokens.visionStart,
      ...new Array<number>((height * width) / vision.mergeSize ** 2).fill(tokens[kind]),
      tokens.visionEnd,
    ]).flat(),
  );
  return { tokenIds: Int32Array.from([...text.slice(0, 2), ...blocks, ...text.slice(2)]), media };
}

/** Groups with frames of different sizes, an image beside a video, and text alone; lengths differ throughout. */
export function framedBatch(model: Model, seed: number): TrainingGroup[] {
  const medium = (grid: EncodedMedia['grid'], kind: EncodedMedia['kind'], own: number) =>
    randomMedia(model, grid, seed + own, kind);
  const prompts = [
    framedPrompt(model, [medium([2, 4, 2], 'video', 1)], 6, seed),
    framedPrompt(model, [], 17, seed + 1),
    framedPrompt(
      model,
      [medium([1, 2, 6], 'image', 2), medium([2, 2, 2], 'video', 3)],
      5,
      seed + 2,
    ),
  ];
  return prompts.map((prompt, group) => {
    const completions = [5, 2].map((length, index) =>
      randomTokens(model, length + group, seed + 10 * group + index),
    );
    return {
      prompt,
      completions,
      targets: completions.map(({ length }, index) => ({
        weights: new Float32Array(length).fill(1 / (2 * length)),
        advantages: new Float32Array(length).fill([1, -0.7][index]!),
        referenceLogProbs: randomFloats(length, seed + index, [-6, -2]),
      })),
    };
  });
}
