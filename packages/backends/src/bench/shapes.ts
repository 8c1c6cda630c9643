/** The sizes of model that a step is timed at (`tiny` to see that it runs), with random weights and every completion of full length. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deriveSeed, randomStream, type EncodedMedia, type EncodedPrompt } from '@loci/core';
import { architectureNamed } from '../models/index.ts';
import type { Model } from '../models/spec/model.ts';
import { mergedTokens, patchValues } from '../models/spec/sizes.ts';
import type { FreshSizes, VisionSizes } from '../models/spec/sizes.ts';
import { writeFreshModel } from '../weights/fresh-model.ts';
import { buildWordTokenizer } from '../text/word-tokenizer.ts';

/** The models that are timed. */
export const SHAPE_NAMES = ['tiny', 'small', 'large'] as const;

/** One of `SHAPE_NAMES`. */
export type ShapeName = (typeof SHAPE_NAMES)[number];

/** Sizes of a timed model's decoder; half as many heads have keys and values of their own. */
export interface Shape {
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly intermediateSize: number;
  readonly vocabularySize: number;
}

/** The sizes by name. */
export const SHAPES: Readonly<Record<ShapeName, Shape>> = {
  tiny: { hiddenSize: 64, layers: 2, heads: 4, intermediateSize: 128, vocabularySize: 256 },
  small: { hiddenSize: 128, layers: 4, heads: 4, intermediateSize: 512, vocabularySize: 1024 },
  large: { hiddenSize: 256, layers: 6, heads: 8, intermediateSize: 1024, vocabularySize: 4096 },
};

/** Tokens of the prompt, media included. */
export const PROMPT_TOKENS = 128;
/** Tokens of every completion. */
export const NEW_TOKENS = 128;
/** Completions of the one prompt of a step. */
export const GENERATIONS = 8;

/** 8 frames of 84×112: four pairs of frames, six by eight patches. */
const VIDEO_GRID = [4, 6, 8] as const;

function sizesOf({ hiddenSize, layers, heads, intermediateSize }: Shape): FreshSizes {
  return {
    text: {
      hiddenSize,
      layers,
      heads,
      kvHeads: heads / 2,
      headDim: hiddenSize / heads,
      intermediateSize,
      ropeTheta: 1e6,
      tieWordEmbeddings: false,
      maxPositions: 4096,
    },
    vision: { depth: 4, hiddenSize: 64, intermediateSize: 128, heads: 4 },
    visionConfig: { window_size: 56 },
  };
}

/** Words `aa`, `ab`, … that fill a vocabulary up to its size. */
function* words(count: number): Generator<string> {
  for (let index = 0; index < count; index++) {
    const letters = [index % 26, Math.floor(index / 26) % 26, Math.floor(index / 676)];
    yield `q${letters.map((letter) => String.fromCharCode(97 + letter)).join('')}`;
  }
}

/** Writes the random model of a shape into a folder; no token of it stops a completion. */
export async function writeShapeModel(folder: string, name: ShapeName): Promise<Model> {
  const shape = SHAPES[name];
  const bare = buildWordTokenizer({ texts: [] }).vocabularySize;
  const tokenizer = buildWordTokenizer({ texts: words(shape.vocabularySize - bare) });
  const model = await writeFreshModel(folder, {
    architecture: architectureNamed('qwen2-5-vl'),
    sizes: sizesOf(shape),
    tokenizer,
    seed: 1,
  });
  await writeFile(join(folder, 'generation_config.json'), '{ "eos_token_id": [] }\n');
  return model;
}

function randomVideo(vision: VisionSizes, seed: number): EncodedMedia {
  const [time, height, width] = VIDEO_GRID;
  const values = patchValues(vision);
  const random = randomStream(seed);
  const patches = Float32Array.from(
    { length: time * height * width * values },
    () => 2 * random() - 1,
  );
  return { kind: 'video', patches, grid: VIDEO_GRID, secondsPerGrid: 1 };
}

/** A prompt of random words, in a video's case with the video four tokens in. */
export function shapePrompt(model: Model, video: boolean, step: number): EncodedPrompt {
  const random = randomStream(deriveSeed(1, 'prompt', step));
  const { vocabularySize } = model.decoder;
  const word = () => vocabularySize - 1 - Math.floor(random() * (vocabularySize / 2));
  if (!video) return { tokenIds: Int32Array.from({ length: PROMPT_TOKENS }, word), media: [] };
  const tokens = mergedTokens(VIDEO_GRID, model.vision.mergeSize);
  const { visionStart, visionEnd, video: placeholder } = model.tokens;
  const block = [visionStart, ...Array.from({ length: tokens }, () => placeholder), visionEnd];
  const before = Array.from({ length: 4 }, word);
  const after = Array.from({ length: PROMPT_TOKENS - block.length - before.length }, word);
  return {
    tokenIds: Int32Array.of(...before, ...block, ...after),
    media: [randomVideo(model.vision, deriveSeed(1, 'video', step))],
  };
}
