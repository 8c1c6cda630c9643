/** A model folder of a few thousand parameters, for tests that need a whole policy. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream } from '@loci/core';
import type { EncodedMedia, EncodedPrompt } from '@loci/core';
import type { ModelConfig } from '../../src/models/qwen2-5-vl/config.ts';
import { writeFreshModel } from '../../src/weights/fresh-model.ts';
import { buildWordTokenizer } from '../../src/text/word-tokenizer.ts';
import { DEFAULT_FRAME_SETTINGS } from '@loci/media';
import { randomFloats } from './gradient-check.ts';

/** A folder under the system's temporary one, removed by `remove`. */
export async function temporaryFolder(): Promise<{
  readonly path: string;
  remove(): Promise<void>;
}> {
  const path = await mkdtemp(join(tmpdir(), 'loci-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Writes the tiny model; its vocabulary knows no words, only characters. */
export function writeTinyModel(folder: string, seed = 1): Promise<ModelConfig> {
  return writeFreshModel(folder, {
    text: {
      hiddenSize: 16,
      layers: 2,
      heads: 4,
      kvHeads: 2,
      headDim: 8,
      intermediateSize: 24,
      rmsNormEps: 1e-6,
      ropeTheta: 10000,
      mropeSection: [1, 1, 2],
      tieWordEmbeddings: true,
      maxPositionEmbeddings: 256,
    },
    vision: {
      depth: 2,
      hiddenSize: 8,
      intermediateSize: 12,
      heads: 2,
      inChannels: 3,
      outHiddenSize: 16,
      patchSize: 14,
      spatialMergeSize: 2,
      temporalPatchSize: 2,
      windowSize: 56,
      fullAttentionBlocks: [1],
      tokensPerSecond: 2,
    },
    tokenizer: buildWordTokenizer({ texts: [] }),
    frames: DEFAULT_FRAME_SETTINGS,
    seed,
  });
}

/** A video of random patches. */
export function randomMedia(
  config: ModelConfig,
  grid: EncodedMedia['grid'],
  seed: number,
  kind: EncodedMedia['kind'] = 'video',
): EncodedMedia {
  const { inChannels, temporalPatchSize, patchSize } = config.vision;
  const values = inChannels * temporalPatchSize * patchSize ** 2;
  const patches = randomFloats(grid[0] * grid[1] * grid[2] * values, seed);
  return { kind, patches, grid, secondsPerGrid: 1 };
}

/** Random tokens that mean nothing special. */
export function randomTokens(config: ModelConfig, length: number, seed: number): Int32Array {
  const random = randomStream(seed);
  const special = new Set<number>([
    config.tokens.image,
    config.tokens.video,
    ...config.tokens.eos,
    config.tokens.pad,
  ]);
  const ordinary = Array.from({ length: config.text.vocabularySize }, (_, id) => id).filter(
    (id) => !special.has(id),
  );
  return Int32Array.from({ length }, () => ordinary[Math.floor(random() * ordinary.length)]!);
}

/** A prompt of random text around some media. */
export function randomPrompt(
  config: ModelConfig,
  media: readonly EncodedMedia[],
  textLength: number,
  seed: number,
): EncodedPrompt {
  const unit = config.vision.spatialMergeSize ** 2;
  const text = [...randomTokens(config, textLength, seed)];
  const placeholders = media.flatMap(({ kind, grid }, index) => [
    text[index % text.length]!,
    ...new Array<number>((grid[0] * grid[1] * grid[2]) / unit).fill(config.tokens[kind]),
  ]);
  return { tokenIds: Int32Array.from([...placeholders, ...text]), media };
}
