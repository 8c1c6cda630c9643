/** Defines the architecture Qwen2.5-VL (arXiv 2502.13923): makes a model of a `config.json`. */
import { DEFAULT_FRAME_SETTINGS } from '@loci/media';
import { composeModel } from '../parts/compose-model.ts';
import { framePrompts } from '../parts/frame-prompts.ts';
import { expandPlaceholders } from '../parts/placeholders.ts';
import type { Architecture, Model, Vocabulary } from '../spec/model.ts';
import type { ModelPrompts } from '../spec/prompts.ts';
import { mergedTokens } from '../spec/sizes.ts';
import type { DecoderSizes, FreshSizes, VisionSizes } from '../spec/sizes.ts';
import { configJson, parseConfig } from './config.ts';
import type { Qwen25VlConfig } from './config.ts';
import { qwen25Decoder } from './decoder.ts';
import { freshConfig } from './fresh-config.ts';
import { qwen25Parameters } from './parameters.ts';
import { textRotary, tokenPositions } from './positions.ts';
import { QWEN25_SIZES } from './sizes.ts';
import { qwen25Tower } from './tower.ts';

const NAMES = { modelType: 'qwen2_5_vl', title: 'Qwen2.5-VL' } as const;

/** Keys for transformers in a folder that Loci writes. */
const PREPROCESSOR = {
  image_processor_type: 'Qwen2VLImageProcessor',
  processor_class: 'Qwen2_5_VLProcessor',
} as const;

function promptsOf(config: Qwen25VlConfig, vision: VisionSizes): ModelPrompts {
  return {
    ...framePrompts({
      defaults: DEFAULT_FRAME_SETTINGS,
      vision,
      takesVideoFile: false,
      published: PREPROCESSOR,
    }),
    addedTexts: [],
    encode: (text, media, codec) =>
      expandPlaceholders(codec.encode(text), media, config.tokens, ({ grid }) =>
        mergedTokens(grid, vision.mergeSize),
      ),
    positions: (tokenIds, media, rule) => tokenPositions(tokenIds, media, config, rule),
    rotary: (positions) => textRotary(positions, config.text),
  };
}

function modelOf(config: Qwen25VlConfig): Model {
  const { text, vision: tower, tokens } = config;
  const vision: VisionSizes = {
    depth: tower.depth,
    channels: tower.inChannels,
    patchSize: tower.patchSize,
    mergeSize: tower.spatialMergeSize,
    temporalPatchSize: tower.temporalPatchSize,
    levels: 0,
  };
  const decoder: DecoderSizes = {
    hiddenSize: text.hiddenSize,
    layers: text.layers,
    heads: text.heads,
    kvHeads: text.kvHeads,
    headDim: text.headDim,
    vocabularySize: text.vocabularySize,
    maxPositions: text.maxPositionEmbeddings,
  };
  return composeModel({
    ...NAMES,
    configJson: configJson(config),
    vision,
    tokens,
    parameters: qwen25Parameters(config),
    prompts: promptsOf(config, vision),
    tower: qwen25Tower(tower, vision),
    decoder: qwen25Decoder(text, decoder),
  });
}

/** Qwen2.5-VL, as SpaceR trains it. */
export const qwen25Vl: Architecture = {
  ...NAMES,
  name: 'qwen2-5-vl',
  readConfig: (json, file) => modelOf(parseConfig(json, file)),
  fresh: (sizes: FreshSizes, vocabulary: Vocabulary) => modelOf(freshConfig(sizes, vocabulary)),
  sizes: QWEN25_SIZES,
};
