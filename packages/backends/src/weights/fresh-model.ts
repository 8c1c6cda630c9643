/** Writes the folder of an untrained model: a config, random weights, a tokenizer and frame settings. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { deriveSeed, randomStream } from '@loci/core';
import type { RandomStream } from '@loci/core';
import type { WordTokenizer } from '../text/word-tokenizer.ts';
import { writeWordTokenizer } from '../text/word-tokenizer.ts';
import type { FrameSettings } from '@loci/media';
import { writeModelConfig } from '../models/index.ts';
import type { Architecture, Model } from '../models/spec/model.ts';
import type { FreshSizes } from '../models/spec/sizes.ts';
import type { ParameterSpec } from '../models/spec/weights.ts';
import { writeCheckpoint } from './safetensors-write.ts';
import { sizeOf } from '../ops/shape.ts';

/** The parts of a fresh model. Vocabulary and special tokens come from the tokenizer. */
export interface FreshModel {
  readonly architecture: Architecture;
  readonly sizes: FreshSizes;
  readonly tokenizer: WordTokenizer;
  /** Frame settings of the model. Default: those of its architecture. */
  readonly frames?: (model: Model) => FrameSettings;
  readonly seed: number;
}

/** Deviation of lookup tables, as in published configs (`initializer_range`). */
const TABLE_SPREAD = 0.02;
/** Other weights have the deviation `GAIN / √inputs`, which keeps the size of activations through a shallow model. */
const GAIN = 0.7;

/** Normally distributed numbers (Box–Muller). */
function normal(random: RandomStream): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function initialWeights(
  { name, shape }: ParameterSpec,
  tables: readonly string[],
  seed: number,
): Float32Array {
  const size = sizeOf(shape);
  if (shape.length === 1) return new Float32Array(size).fill(name.endsWith('bias') ? 0 : 1);
  const spread = tables.includes(name) ? TABLE_SPREAD : GAIN / Math.sqrt(size / shape[0]!);
  const random = randomStream(deriveSeed(seed, 'weights', name));
  return Float32Array.from({ length: size }, () => spread * normal(random));
}

/**
 * Writes a model folder in Hugging Face layout with random weights; the same seed gives the same weights.
 * @returns the model that was written.
 * @throws LociError `model-config` where the sizes do not fit each other, `disk-full` or `not-writable`.
 */
export async function writeFreshModel(folder: string, fresh: FreshModel): Promise<Model> {
  const { architecture, sizes, tokenizer, seed } = fresh;
  const model = architecture.fresh(sizes, tokenizer);
  const { all, tables } = model.parameters;
  await mkdir(folder, { recursive: true });
  await writeModelConfig(folder, model);
  await writeWordTokenizer(folder, tokenizer);
  const frames = fresh.frames?.(model) ?? model.prompts.defaultFrames;
  await model.prompts.writeFrameSettings(folder, frames);
  await writeCheckpoint(
    join(folder, 'model.safetensors'),
    all.map((spec) => ({ ...spec, data: initialWeights(spec, tables, seed) })),
    { format: 'pt' },
  );
  return model;
}
