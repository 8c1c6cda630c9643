/** A model folder small enough to train in a test: random weights, nothing learned. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildWordTokenizer,
  modelParameters,
  writeCheckpoint,
  writeFrameSettings,
  writeModelConfig,
  writeWordTokenizer,
} from '@loci/backends';
import type { ModelConfig } from '@loci/backends';
import { DEFAULT_FRAME_SETTINGS } from '@loci/backends';
import { randomStream } from '@loci/core';

const WORDS = ['How many chairs are in the room? Draw the map first, then answer with a number.'];

/** Writes the folder; the same words and seed give the same bytes. */
export async function writeTinyModel(directory: string, seed: number): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const tokenizer = buildWordTokenizer({ texts: WORDS });
  const config: ModelConfig = {
    text: {
      hiddenSize: 32,
      layers: 2,
      heads: 2,
      kvHeads: 1,
      headDim: 16,
      intermediateSize: 48,
      vocabularySize: tokenizer.vocabularySize,
      rmsNormEps: 1e-6,
      ropeTheta: 10_000,
      mropeSection: [2, 3, 3],
      tieWordEmbeddings: true,
      maxPositionEmbeddings: 2048,
    },
    vision: {
      depth: 1,
      hiddenSize: 16,
      intermediateSize: 24,
      heads: 2,
      inChannels: 3,
      outHiddenSize: 32,
      patchSize: 14,
      spatialMergeSize: 2,
      temporalPatchSize: 2,
      windowSize: 56,
      fullAttentionBlocks: [0],
      tokensPerSecond: 2,
    },
    tokens: tokenizer.tokens,
  };
  await writeModelConfig(directory, config);
  await writeWordTokenizer(directory, tokenizer);
  await writeFrameSettings(directory, {
    ...DEFAULT_FRAME_SETTINGS,
    video: {
      ...DEFAULT_FRAME_SETTINGS.video,
      minPixels: 28 * 28,
      maxPixels: 56 * 84,
      maxFrames: 4,
    },
  });
  const random = randomStream(seed);
  const tensors = modelParameters(config).map(({ name, shape }) => {
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    const isNorm = /norm|ln_q/.test(name) && name.endsWith('weight');
    for (let index = 0; index < values.length; index++) {
      values[index] = isNorm ? 1 : (random() - 0.5) * 0.2;
    }
    return { name, shape, data: values };
  });
  await writeCheckpoint(join(directory, 'model.safetensors'), tensors);
}
