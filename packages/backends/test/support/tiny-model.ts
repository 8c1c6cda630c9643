/** A model folder of a few thousand parameters, for tests that need a whole policy. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream } from '@loci/core';
import type { EncodedMedia, EncodedPrompt } from '@loci/core';
import { architectureNamed } from '../../src/models/index.ts';
import { mergedTokens, patchValues } from '../../src/models/spec/sizes.ts';
import type { FreshSizes } from '../../src/models/spec/sizes.ts';
import type { Model } from '../../src/models/spec/model.ts';
import { writeFreshModel } from '../../src/weights/fresh-model.ts';
import { buildWordTokenizer } from '../../src/text/word-tokenizer.ts';
import { randomFloats } from './gradient-check.ts';

/** A folder under the system's temporary one, removed by `remove`. */
export async function temporaryFolder(): Promise<{
  readonly path: string;
  remove(): Promise<void>;
}> {
  const path = await mkdtemp(join(tmpdir(), 'loci-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Sizes of the tiny model. */
export const TINY_SIZES: FreshSizes = {
  text: {
    hiddenSize: 16,
    layers: 2,
    heads: 4,
    kvHeads: 2,
    headDim: 8,
    intermediateSize: 24,
    ropeTheta: 10000,
    tieWordEmbeddings: true,
    maxPositions: 256,
  },
  vision: { depth: 2, hiddenSize: 8, intermediateSize: 12, heads: 2 },
  visionConfig: { window_size: 56 },
};

/** Writes the tiny model; its vocabulary knows no words, only characters. */
export function writeTinyModel(
  folder: string,
  seed = 1,
  { architecture = 'qwen2-5-vl', sizes = TINY_SIZES }: TinyModelOptions = {},
): Promise<Model> {
  return writeFreshModel(folder, {
    architecture: architectureNamed(architecture),
    sizes,
    tokenizer: buildWordTokenizer({ texts: [] }),
    seed,
  });
}

/** What may differ between tiny models. */
export interface TinyModelOptions {
  readonly architecture?: string;
  readonly sizes?: FreshSizes;
}

/** A video of random patches. */
export function randomMedia(
  model: Model,
  grid: EncodedMedia['grid'],
  seed: number,
  kind: EncodedMedia['kind'] = 'video',
): EncodedMedia {
  const patches = randomFloats(grid[0] * grid[1] * grid[2] * patchValues(model.vision), seed);
  return { kind, patches, grid, secondsPerGrid: 1 };
}

/** Random tokens that mean nothing special. */
export function randomTokens(model: Model, length: number, seed: number): Int32Array {
  const random = randomStream(seed);
  const special = new Set<number>([
    model.tokens.image,
    model.tokens.video,
    ...model.tokens.eos,
    model.tokens.pad,
  ]);
  const ordinary = Array.from({ length: model.decoder.vocabularySize }, (_, id) => id).filter(
    (id) => !special.has(id),
  );
  return Int32Array.from({ length }, () => ordinary[Math.floor(random() * ordinary.length)]!);
}

/** A prompt of random text around some media. */
export function randomPrompt(
  model: Model,
  media: readonly EncodedMedia[],
  textLength: number,
  seed: number,
): EncodedPrompt {
  const text = [...randomTokens(model, textLength, seed)];
  const placeholders = media.flatMap(({ kind, grid }, index) => [
    text[index % text.length]!,
    ...new Array<number>(mergedTokens(grid, model.vision.mergeSize)).fill(model.tokens[kind]),
  ]);
  return { tokenIds: Int32Array.from([...placeholders, ...text]), media };
}
