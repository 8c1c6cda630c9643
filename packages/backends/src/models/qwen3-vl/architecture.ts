/** Defines the architecture Qwen3-VL (arXiv 2511.21631): makes a model of a `config.json`. */
import { composeModel } from '../parts/compose-model.ts';
import type { Architecture, Model } from '../spec/model.ts';
import type { DecoderSizes, VisionSizes } from '../spec/sizes.ts';
import { configJson, parseConfig } from './config.ts';
import type { Qwen3VlConfig } from './config.ts';
import { qwen3Decoder } from './decoder.ts';
import { freshConfig } from './fresh-config.ts';
import { qwen3Parameters } from './parameters.ts';
import { qwen3Prompts } from './prompt.ts';
import { QWEN3_SIZES } from './sizes.ts';
import { qwen3Tower } from './tower.ts';

const NAMES = { modelType: 'qwen3_vl', title: 'Qwen3-VL' } as const;

function modelOf(config: Qwen3VlConfig): Model {
  const { text, vision: tower, tokens } = config;
  const vision: VisionSizes = {
    depth: tower.depth,
    channels: tower.inChannels,
    patchSize: tower.patchSize,
    mergeSize: tower.spatialMergeSize,
    temporalPatchSize: tower.temporalPatchSize,
    levels: tower.deepstackBlocks.length,
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
    parameters: qwen3Parameters(config),
    prompts: qwen3Prompts(config, vision),
    tower: qwen3Tower(tower, vision),
    decoder: qwen3Decoder(text, decoder),
  });
}

/** Qwen3-VL, Instruct and Thinking, without mixtures of experts. */
export const qwen3Vl: Architecture = {
  ...NAMES,
  name: 'qwen3-vl',
  readConfig: (json, file) => modelOf(parseConfig(json, file)),
  fresh: (sizes, vocabulary) => modelOf(freshConfig(sizes, vocabulary)),
  sizes: QWEN3_SIZES,
};
