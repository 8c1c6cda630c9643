/** Makes the config of a new Qwen2.5-VL. */
import type { Vocabulary } from '../spec/model.ts';
import type { FreshSizes } from '../spec/sizes.ts';
import { configJson, parseConfig } from './config.ts';
import type { Qwen25VlConfig } from './config.ts';

/**
 * A config of these sizes; everything else is as published, in proportion. The last block of the tower attends over whole
 * frames.
 *
 * @throws LociError `model-config` where the sizes do not fit together.
 */
export function freshConfig(
  { text, vision, visionConfig }: FreshSizes,
  { vocabularySize, tokens }: Vocabulary,
): Qwen25VlConfig {
  const { maxPositions: maxPositionEmbeddings, ...decoder } = text;
  const side = Math.floor((3 * text.headDim) / 16);
  const config: Qwen25VlConfig = {
    text: {
      ...decoder,
      vocabularySize,
      maxPositionEmbeddings,
      rmsNormEps: 1e-6,
      mropeSection: [text.headDim / 2 - 2 * side, side, side],
    },
    vision: {
      ...vision,
      inChannels: 3,
      outHiddenSize: text.hiddenSize,
      patchSize: 14,
      spatialMergeSize: 2,
      temporalPatchSize: 2,
      windowSize: 112,
      fullAttentionBlocks: [vision.depth - 1],
      tokensPerSecond: 2,
    },
    tokens,
  };
  const json = configJson(config);
  const own = { ...(json['vision_config'] as object), ...visionConfig };
  return parseConfig({ ...json, vision_config: own }, 'the config of a fresh model');
}
