/** Translates the `config.json` of a Qwen3-VL model into Loci's names, and back. */
import type { SpecialTokenIds } from '../../text/special-tokens.ts';
import { checkConfigRules, configError, parseConfigJson } from '../parts/config-json.ts';
import type { ConfigRule } from '../parts/config-json.ts';
import {
  readDecoder,
  readTokens,
  readTower,
  sharedRules,
  writeDecoder,
  writeMediaTokens,
  writeTower,
} from '../parts/published-config.ts';
import type { DecoderConfig, TowerConfig } from '../parts/published-config.ts';
import { configSchema } from './config-schema.ts';

/** The decoder; its rotary frequencies of time, height and width interleave. */
export interface TextConfig extends DecoderConfig {
  /** Whether the projections of attention have biases; those of published models have none. */
  readonly attentionBias: boolean;
}

/** The vision tower. */
export interface VisionConfig extends TowerConfig {
  /** Places along a side of the square grid of learned positions. */
  readonly positionSide: number;
  /** Blocks after which a merger of its own makes features for the decoder (DeepStack). */
  readonly deepstackBlocks: readonly number[];
}

/** A Qwen3-VL model's shape. */
export interface Qwen3VlConfig {
  readonly text: TextConfig;
  readonly vision: VisionConfig;
  readonly tokens: SpecialTokenIds;
}

/** Checks relations between fields that would otherwise surface as a wrong shape deep inside an engine. */
function checkShape({ text, vision }: Qwen3VlConfig, file: string): void {
  const [time, height, width] = text.mropeSection;
  const half = text.headDim / 2;
  const rules: readonly ConfigRule[] = [
    ...sharedRules(text, vision, 'text_config.hidden_size'),
    [
      time + height + width === half && 3 * height <= half + 1 && 3 * width <= half,
      `mrope_section [${text.mropeSection.join(', ')}] does not interleave within half the head size ${text.headDim}`,
    ],
    [
      Number.isInteger(vision.positionSide),
      'vision_config.num_position_embeddings is not a square number',
    ],
    [
      vision.deepstackBlocks.every((block) => block < vision.depth),
      `vision_config.deepstack_visual_indexes [${vision.deepstackBlocks.join(', ')}] names blocks past the depth ${vision.depth}`,
    ],
    [
      new Set(vision.deepstackBlocks).size === vision.deepstackBlocks.length,
      `vision_config.deepstack_visual_indexes [${vision.deepstackBlocks.join(', ')}] names a block twice`,
    ],
    [
      vision.deepstackBlocks.length <= text.layers,
      `vision_config.deepstack_visual_indexes names ${vision.deepstackBlocks.length} levels for ${text.layers} decoder layers`,
    ],
  ];
  checkConfigRules(rules, file);
}

/**
 * Reads the content of a `config.json`.
 *
 * @param file name of the file in errors.
 * @throws LociError `model-config` naming the file and the key.
 */
export function parseConfig(json: unknown, file = 'config.json'): Qwen3VlConfig {
  const root = parseConfigJson(configSchema, json, { title: 'Qwen3-VL', file });
  const { text_config: text, vision_config: vision } = root;
  const rope = text.rope_parameters ?? text.rope_scaling;
  if (!rope) {
    throw configError(
      file,
      'neither "rope_scaling" nor "rope_parameters" is given under "text_config"',
    );
  }
  const ropeTheta = rope.rope_theta ?? text.rope_theta;
  if (ropeTheta === undefined) {
    throw configError(
      file,
      '"text_config.rope_theta" is missing, and versions of transformers have different defaults: set it (5000000 in the published models)',
    );
  }
  const config: Qwen3VlConfig = {
    text: {
      ...readDecoder(text, root),
      headDim: text.head_dim,
      ropeTheta,
      mropeSection: rope.mrope_section,
      attentionBias: text.attention_bias,
    },
    vision: {
      ...readTower(vision),
      inChannels: vision.in_channels,
      positionSide: Math.sqrt(vision.num_position_embeddings),
      deepstackBlocks: vision.deepstack_visual_indexes,
    },
    tokens: readTokens(text, root),
  };
  checkShape(config, file);
  return config;
}

/** The nested `config.json` of a model, as both versions of transformers read it; `parseConfig` of it gives the same config back. */
export function configJson({ text, vision, tokens }: Qwen3VlConfig): Record<string, unknown> {
  return {
    architectures: ['Qwen3VLForConditionalGeneration'],
    model_type: 'qwen3_vl',
    ...writeMediaTokens(tokens),
    tie_word_embeddings: text.tieWordEmbeddings,
    text_config: {
      model_type: 'qwen3_vl_text',
      ...writeDecoder(text, tokens),
      attention_bias: text.attentionBias,
      rope_scaling: {
        mrope_interleaved: true,
        mrope_section: text.mropeSection,
        rope_type: 'default',
      },
    },
    vision_config: {
      model_type: 'qwen3_vl',
      ...writeTower(vision),
      deepstack_visual_indexes: vision.deepstackBlocks,
      hidden_act: 'gelu_pytorch_tanh',
      in_channels: vision.inChannels,
      num_position_embeddings: vision.positionSide ** 2,
    },
  };
}
