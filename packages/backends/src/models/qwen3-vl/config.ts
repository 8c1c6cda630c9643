/** What `config.json` says of a Qwen3-VL model, in our own words. */
import type { SpecialTokenIds } from '../../text/special-tokens.ts';
import { checkConfigRules, configError, parseConfigJson } from '../parts/config-json.ts';
import type { ConfigRule } from '../parts/config-json.ts';
import { configSchema } from './config-schema.ts';

/** The decoder. */
export interface TextConfig {
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  /** Width of a head; `heads · headDim` need not be the hidden size. */
  readonly headDim: number;
  readonly intermediateSize: number;
  readonly vocabularySize: number;
  readonly rmsNormEps: number;
  readonly ropeTheta: number;
  /** Rotary frequencies given to time, height and width, interleaved. */
  readonly mropeSection: readonly [time: number, height: number, width: number];
  /** Whether the projections of attention have biases; no published model does. */
  readonly attentionBias: boolean;
  /** The output head is the embedding table. */
  readonly tieWordEmbeddings: boolean;
  readonly maxPositionEmbeddings: number;
}

/** The vision tower. */
export interface VisionConfig {
  readonly depth: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly heads: number;
  readonly inChannels: number;
  readonly outHiddenSize: number;
  /** Pixels along a side of a patch. */
  readonly patchSize: number;
  /** Patches along a side of the square that becomes one token. */
  readonly spatialMergeSize: number;
  /** Frames in a patch. */
  readonly temporalPatchSize: number;
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

/** What transformers assumes where a config is silent. */
const PUBLISHED = { bos: 151643, eos: 151645 } as const;

/** Relations between fields that would otherwise show up as a wrong shape deep inside an engine. */
function checkShape({ text, vision }: Qwen3VlConfig, file: string): void {
  const [time, height, width] = text.mropeSection;
  const half = text.headDim / 2;
  const rules: readonly ConfigRule[] = [
    [text.heads % text.kvHeads === 0, 'num_attention_heads is no multiple of num_key_value_heads'],
    [
      time + height + width === half && 3 * height <= half + 1 && 3 * width <= half,
      `mrope_section [${text.mropeSection.join(', ')}] does not interleave within half the head size ${text.headDim}`,
    ],
    [
      vision.hiddenSize % (4 * vision.heads) === 0,
      'vision_config.hidden_size is no multiple of 4 · vision_config.num_heads',
    ],
    [
      vision.outHiddenSize === text.hiddenSize,
      `vision_config.out_hidden_size ${vision.outHiddenSize} is not text_config.hidden_size ${text.hiddenSize}`,
    ],
    [
      Number.isInteger(vision.positionSide),
      'vision_config.num_position_embeddings is no square number',
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
 * @param file name that errors give.
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
      '"text_config.rope_theta" is missing, and versions of transformers assume different values: write it (5000000 in the published models)',
    );
  }
  const bos = text.bos_token_id ?? root.bos_token_id ?? PUBLISHED.bos;
  const config: Qwen3VlConfig = {
    text: {
      hiddenSize: text.hidden_size,
      layers: text.num_hidden_layers,
      heads: text.num_attention_heads,
      kvHeads: text.num_key_value_heads ?? text.num_attention_heads,
      headDim: text.head_dim,
      intermediateSize: text.intermediate_size,
      vocabularySize: text.vocab_size,
      rmsNormEps: text.rms_norm_eps,
      ropeTheta,
      mropeSection: rope.mrope_section,
      attentionBias: text.attention_bias,
      // transformers 4 reads it in `text_config`, transformers 5 at the root.
      tieWordEmbeddings: Boolean(root.tie_word_embeddings || text.tie_word_embeddings),
      maxPositionEmbeddings: text.max_position_embeddings,
    },
    vision: {
      depth: vision.depth,
      hiddenSize: vision.hidden_size,
      intermediateSize: vision.intermediate_size,
      heads: vision.num_heads,
      inChannels: vision.in_channels,
      outHiddenSize: vision.out_hidden_size,
      patchSize: vision.patch_size,
      spatialMergeSize: vision.spatial_merge_size,
      temporalPatchSize: vision.temporal_patch_size,
      positionSide: Math.sqrt(vision.num_position_embeddings),
      deepstackBlocks: vision.deepstack_visual_indexes,
    },
    tokens: {
      image: root.image_token_id,
      video: root.video_token_id,
      visionStart: root.vision_start_token_id,
      visionEnd: root.vision_end_token_id,
      eos: [text.eos_token_id ?? root.eos_token_id ?? PUBLISHED.eos].flat(),
      pad: text.pad_token_id ?? root.pad_token_id ?? bos,
      bos,
    },
  };
  checkShape(config, file);
  return config;
}

/** The nested `config.json` of a model, as both versions of transformers read it; `parseConfig` of it gives the same config back. */
export function configJson({ text, vision, tokens }: Qwen3VlConfig): Record<string, unknown> {
  return {
    architectures: ['Qwen3VLForConditionalGeneration'],
    model_type: 'qwen3_vl',
    image_token_id: tokens.image,
    video_token_id: tokens.video,
    vision_start_token_id: tokens.visionStart,
    vision_end_token_id: tokens.visionEnd,
    tie_word_embeddings: text.tieWordEmbeddings,
    text_config: {
      model_type: 'qwen3_vl_text',
      attention_bias: text.attentionBias,
      attention_dropout: 0,
      bos_token_id: tokens.bos,
      eos_token_id: tokens.eos.length === 1 ? tokens.eos[0] : tokens.eos,
      pad_token_id: tokens.pad,
      head_dim: text.headDim,
      hidden_act: 'silu',
      hidden_size: text.hiddenSize,
      intermediate_size: text.intermediateSize,
      max_position_embeddings: text.maxPositionEmbeddings,
      num_attention_heads: text.heads,
      num_hidden_layers: text.layers,
      num_key_value_heads: text.kvHeads,
      rms_norm_eps: text.rmsNormEps,
      rope_scaling: {
        mrope_interleaved: true,
        mrope_section: text.mropeSection,
        rope_type: 'default',
      },
      rope_theta: text.ropeTheta,
      tie_word_embeddings: text.tieWordEmbeddings,
      vocab_size: text.vocabularySize,
    },
    vision_config: {
      model_type: 'qwen3_vl',
      deepstack_visual_indexes: vision.deepstackBlocks,
      depth: vision.depth,
      hidden_act: 'gelu_pytorch_tanh',
      hidden_size: vision.hiddenSize,
      in_channels: vision.inChannels,
      intermediate_size: vision.intermediateSize,
      num_heads: vision.heads,
      num_position_embeddings: vision.positionSide ** 2,
      out_hidden_size: vision.outHiddenSize,
      patch_size: vision.patchSize,
      spatial_merge_size: vision.spatialMergeSize,
      temporal_patch_size: vision.temporalPatchSize,
    },
  };
}
