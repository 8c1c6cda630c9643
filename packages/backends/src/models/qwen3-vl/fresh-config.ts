/** Makes the config of a new Qwen3-VL. */
import type { Vocabulary } from '../spec/model.ts';
import type { FreshSizes } from '../spec/sizes.ts';
import { configJson, parseConfig } from './config.ts';
import type { Qwen3VlConfig } from './config.ts';

/** Levels of DeepStack in every published model. */
const LEVELS = 3;

/** Most places along a side of the grid of learned positions, as in the published models; narrow towers get fewer. */
const POSITION_SIDE = 48;

/** The blocks that feed the decoder: evenly spread, the last of them some blocks before the end, as in the published models. */
function deepstackBlocks(depth: number, layers: number): readonly number[] {
  const levels = Math.min(LEVELS, depth - 1, layers);
  return Array.from({ length: levels }, (_, level) =>
    Math.max(level, Math.floor(((level + 1) * depth) / (LEVELS + 1)) - 1),
  );
}

/**
 * A config of these sizes; everything else is as published, in proportion.
 *
 * @throws LociError `model-config` where the sizes do not fit together.
 */
export function freshConfig(
  { text, vision, visionConfig }: FreshSizes,
  { vocabularySize, tokens }: Vocabulary,
): Qwen3VlConfig {
  const { maxPositions: maxPositionEmbeddings, ...decoder } = text;
  const half = text.headDim / 2;
  const side = Math.floor((5 * half) / 16);
  const config: Qwen3VlConfig = {
    text: {
      ...decoder,
      vocabularySize,
      maxPositionEmbeddings,
      rmsNormEps: 1e-6,
      mropeSection: [half - 2 * side, side, side],
      attentionBias: false,
    },
    vision: {
      ...vision,
      inChannels: 3,
      outHiddenSize: text.hiddenSize,
      patchSize: 16,
      spatialMergeSize: 2,
      temporalPatchSize: 2,
      positionSide: Math.min(POSITION_SIDE, Math.ceil(vision.hiddenSize / 8)),
      deepstackBlocks: deepstackBlocks(vision.depth, text.layers),
    },
    tokens,
  };
  const json = configJson(config);
  const own = { ...(json['vision_config'] as object), ...visionConfig };
  return parseConfig({ ...json, vision_config: own }, 'the config of a fresh model');
}
