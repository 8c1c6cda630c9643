/** A model folder that has learned nothing yet: a config, random weights, a tokenizer and frame settings. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { deriveSeed, randomStream } from '@loci/core';
import type { RandomStream } from '@loci/core';
import type { WordTokenizer } from '../text/word-tokenizer.ts';
import { writeWordTokenizer } from '../text/word-tokenizer.ts';
import type { FrameSettings } from '@loci/media';
import { writeFrameSettings } from '../models/parts/preprocessor-files.ts';
import type { ModelConfig, TextConfig, VisionConfig } from '../models/qwen2-5-vl/config.ts';
import { writeModelConfig } from '../models/qwen2-5-vl/config.ts';
import { modelParameters } from '../models/qwen2-5-vl/parameters.ts';
import { writeCheckpoint } from './safetensors-write.ts';
import { sizeOf } from '../ops/shape.ts';

/** What a fresh model is made of. Vocabulary and special tokens come from the tokenizer. */
export interface FreshModel {
  readonly text: Omit<TextConfig, 'vocabularySize'>;
  readonly vision: VisionConfig;
  readonly tokenizer: WordTokenizer;
  readonly frames: FrameSettings;
  readonly seed: number;
}

/** Deviation of the embedding table, as in published configs (`initializer_range`). */
const EMBEDDING_SPREAD = 0.02;
/** Other weights have the deviation `GAIN / √inputs`, which keeps the size of activations through a shallow model. */
const GAIN = 0.7;

/** Normally distributed numbers (Box–Muller). */
function normal(random: RandomStream): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function initialWeights(name: string, shape: readonly number[], seed: number): Float32Array {
  const size = sizeOf(shape);
  if (shape.length === 1) return new Float32Array(size).fill(name.endsWith('bias') ? 0 : 1);
  const spread =
    name === 'model.embed_tokens.weight' ? EMBEDDING_SPREAD : GAIN / Math.sqrt(size / shape[0]!);
  const random = randomStream(deriveSeed(seed, 'weights', name));
  return Float32Array.from({ length: size }, () => spread * normal(random));
}

/**
 * Writes a model folder in Hugging Face layout with random weights; the same seed gives the same weights.
 * @returns the config that was written.
 * @throws LociError `disk-full` or `not-writable`.
 */
export async function writeFreshModel(folder: string, fresh: FreshModel): Promise<ModelConfig> {
  const { tokenizer, frames, vision, seed } = fresh;
  const config: ModelConfig = {
    text: { ...fresh.text, vocabularySize: tokenizer.vocabularySize },
    vision,
    tokens: tokenizer.tokens,
  };
  await mkdir(folder, { recursive: true });
  await writeModelConfig(folder, config);
  await writeWordTokenizer(folder, tokenizer);
  await writeFrameSettings(folder, frames);
  await writeCheckpoint(
    join(folder, 'model.safetensors'),
    modelParameters(config).map(({ name, shape }) => ({
      name,
      shape,
      data: initialWeights(name, shape, seed),
    })),
    { format: 'pt' },
  );
  return config;
}
