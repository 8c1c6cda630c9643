/** Defines the model sizes for timing a step (`tiny` checks that it runs), with random weights and every completion at full length. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deriveSeed, randomStream, type EncodedMedia, type EncodedPrompt } from '@loci/core';
import { architectureNamed } from '../models/index.ts';
import type { Model } from '../models/spec/model.ts';
import { mergedTokens, patchValues } from '../models/spec/sizes.ts';
import type { FreshSizes, VisionSizes } from '../models/spec/sizes.ts';
import { writeFreshModel } from '../weights/fresh-model.ts';
import { buildWordTokenizer } from '../text/word-tokenizer.ts';

/** The timed models. */
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

/** Frames of the video of a prompt. */
export const FRAMES = 8;

/** A frame of six by eight patches: 84×112 pixels where a patch has 14. Patches take two frames. */
const FRAME_PATCHES = [6, 8] as const;

/** The timed architectures; the first is the default. */
export const SHAPE_ARCHITECTURES = ['qwen2-5-vl', 'qwen3-vl'] as const;

/** One of `SHAPE_ARCHITECTURES`. */
export type ShapeArchitecture = (typeof SHAPE_ARCHITECTURES)[number];

/** A model of a shape, and how its prompts are laid out. */
export interface ShapeModel {
  readonly model: Model;
  readonly architecture: ShapeArchitecture;
}

/** The size of a prompt. */
export interface PromptSpec {
  readonly video: boolean;
  /** Tokens with the video; more where the video needs them. Default: `PROMPT_TOKENS`. */
  readonly tokens?: number;
  /** Default: `FRAMES`. */
  readonly frames?: number;
}

function sizesOf(
  { hiddenSize, layers, heads, intermediateSize }: Shape,
  architecture: ShapeArchitecture,
): FreshSizes {
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
    ...(architecture === 'qwen2-5-vl' && { visionConfig: { window_size: 56 } }),
  };
}

/** Words `aa`, `ab`, … that fill a vocabulary up to its size. */
function* words(count: number): Generator<string> {
  for (let index = 0; index < count; index++) {
    const letters = [index % 26, Math.floor(index / 26) % 26, Math.floor(index / 676)];
    yield `q${letters.map((letter) => String.fromCharCode(97 + letter)).join('')}`;
  }
}

/** Writes the random model of a shape into a folder; none of its tokens stops a completion. */
export async function writeShapeModel(
  folder: string,
  name: ShapeName,
  architecture: ShapeArchitecture = 'qwen2-5-vl',
): Promise<ShapeModel> {
  const shape = SHAPES[name];
  const bare = buildWordTokenizer({ texts: [] }).vocabularySize;
  const tokenizer = buildWordTokenizer({ texts: words(shape.vocabularySize - bare) });
  const model = await writeFreshModel(folder, {
    architecture: architectureNamed(architecture),
    sizes: sizesOf(shape, architecture),
    tokenizer,
    seed: 1,
  });
  await writeFile(join(folder, 'generation_config.json'), '{ "eos_token_id": [] }\n');
  return { model, architecture };
}

function randomVideo(vision: VisionSizes, grid: EncodedMedia['grid'], seed: number): EncodedMedia {
  const [time, height, width] = grid;
  const values = patchValues(vision);
  const random = randomStream(seed);
  const patches = Float32Array.from(
    { length: time * height * width * values },
    () => 2 * random() - 1,
  );
  return { kind: 'video', patches, grid, secondsPerGrid: 1 };
}

/** A prompt of random words; a video goes in after four tokens. */
export function shapePrompt(
  { model, architecture }: ShapeModel,
  { video, tokens: length = PROMPT_TOKENS, frames = FRAMES }: PromptSpec,
  step: number,
): EncodedPrompt {
  const random = randomStream(deriveSeed(1, 'prompt', step));
  const { vocabularySize } = model.decoder;
  const word = () => vocabularySize - 1 - Math.floor(random() * (vocabularySize / 2));
  if (!video) return { tokenIds: Int32Array.from({ length }, word), media: [] };
  const grid = [frames / model.vision.temporalPatchSize, ...FRAME_PATCHES] as const;
  // Qwen3-VL has a block for every pair of frames, Qwen2.5-VL one for all.
  const blocks = architecture === 'qwen3-vl' ? grid[0] : 1;
  const pads = mergedTokens(grid, model.vision.mergeSize) / blocks;
  const { visionStart, visionEnd, video: placeholder } = model.tokens;
  const block = [visionStart, ...Array.from({ length: pads }, () => placeholder), visionEnd];
  const media = Array.from({ length: blocks }, () => block).flat();
  const before = Array.from({ length: 4 }, word);
  const after = Array.from({ length: Math.max(4, length - media.length - before.length) }, word);
  return {
    tokenIds: Int32Array.of(...before, ...media, ...after),
    media: [randomVideo(model.vision, grid, deriveSeed(1, 'video', step))],
  };
}
