/**
 * What `config.json` says of a Qwen2.5-VL model, in our own words. Two spellings are read: the flat one of the published
 * checkpoints and the nested one of transformers 5 (`text_config`, `rope_parameters`). The flat one is written.
 */
import { checkConfigRules, configError, parseConfigJson } from '../parts/config-json.ts';
import type { ConfigRule } from '../parts/config-json.ts';
import { rootSchema, textSchema } from './config-schema.ts';
import type { SpecialTokenIds } from '../../text/special-tokens.ts';

/** The decoder. */
export interface TextConfig {
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly intermediateSize: number;
  readonly vocabularySize: number;
  readonly rmsNormEps: number;
  readonly ropeTheta: number;
  /** Rotary frequencies given to time, height and width; they add up to `headDim / 2`. */
  readonly mropeSection: readonly [time: number, height: number, width: number];
  /** The output head is the embedding table, and the checkpoint holds no `lm_head.weight`. */
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
  /** Pixels along a side of an attention window, which takes as many whole merged tokens as fit. */
  readonly windowSize: number;
  /** Blocks that attend over the whole frame rather than within windows; numbers past `depth` mean nothing. */
  readonly fullAttentionBlocks: readonly number[];
  /** Temporal positions that one second spans. */
  readonly tokensPerSecond: number;
}

/** A Qwen2.5-VL model's shape. */
export interface Qwen25VlConfig {
  readonly text: TextConfig;
  readonly vision: VisionConfig;
  readonly tokens: SpecialTokenIds;
}

/** What transformers assumes where a config is silent, in either of two places. */
const PUBLISHED = { ropeTheta: 1e6, inChannels: 3, bos: 151643, eos: 151645 } as const;

/** Relations between fields that would otherwise show up as a wrong shape deep inside an engine. */
function checkShape({ text, vision }: Qwen25VlConfig, file: string): void {
  const rules: readonly ConfigRule[] = [
    [text.heads % text.kvHeads === 0, 'num_attention_heads is no multiple of num_key_value_heads'],
    [
      2 * text.mropeSection.reduce((sum, size) => sum + size, 0) === text.headDim,
      `mrope_section [${text.mropeSection.join(', ')}] does not add up to half the head size ${text.headDim}`,
    ],
    [
      vision.hiddenSize % (4 * vision.heads) === 0,
      'vision_config.hidden_size is no multiple of 4 · vision_config.num_heads',
    ],
    [
      vision.outHiddenSize === text.hiddenSize,
      `vision_config.out_hidden_size ${vision.outHiddenSize} is not hidden_size ${text.hiddenSize}`,
    ],
    [
      vision.windowSize >= vision.patchSize * vision.spatialMergeSize,
      'vision_config.window_size is less than patch_size · spatial_merge_size',
    ],
  ];
  checkConfigRules(rules, file);
}

/**
 * Reads the content of a `config.json`, flat or nested.
 *
 * @param file name that errors give.
 * @throws LociError `model-config` naming the file and the key.
 */
export function parseConfig(json: unknown, file = 'config.json'): Qwen25VlConfig {
  const from = { title: 'Qwen2.5-VL', file };
  const root = parseConfigJson(rootSchema, json, from);
  const text = root.text_config ?? parseConfigJson(textSchema, json, from);
  const vision = root.vision_config;
  const rope = text.rope_parameters ?? text.rope_scaling;
  if (!rope) {
    const where = root.text_config ? ' under "text_config"' : '';
    throw configError(file, `neither "rope_scaling" nor "rope_parameters" is given${where}`);
  }
  const headDim = text.head_dim ?? text.hidden_size / text.num_attention_heads;
  const bos = text.bos_token_id ?? root.bos_token_id ?? PUBLISHED.bos;
  const config: Qwen25VlConfig = {
    text: {
      hiddenSize: text.hidden_size,
      layers: text.num_hidden_layers,
      heads: text.num_attention_heads,
      kvHeads: text.num_key_value_heads ?? text.num_attention_heads,
      headDim,
      intermediateSize: text.intermediate_size,
      vocabularySize: text.vocab_size,
      rmsNormEps: text.rms_norm_eps,
      ropeTheta: rope.rope_theta ?? text.rope_theta ?? PUBLISHED.ropeTheta,
      mropeSection: rope.mrope_section,
      // transformers 4 saved it inside `text_config`, with whatever the root said beside it.
      tieWordEmbeddings: Boolean(root.tie_word_embeddings || text.tie_word_embeddings),
      maxPositionEmbeddings: text.max_position_embeddings,
    },
    vision: {
      depth: vision.depth,
      hiddenSize: vision.hidden_size,
      intermediateSize: vision.intermediate_size,
      heads: vision.num_heads,
      inChannels: vision.in_channels ?? vision.in_chans ?? PUBLISHED.inChannels,
      outHiddenSize: vision.out_hidden_size,
      patchSize: vision.patch_size,
      spatialMergeSize: vision.spatial_merge_size,
      temporalPatchSize: vision.temporal_patch_size,
      windowSize: vision.window_size,
      fullAttentionBlocks: vision.fullatt_block_indexes,
      tokensPerSecond: vision.tokens_per_second,
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

/** The published, flat `config.json` of a model. `parseConfig` of it gives the same config back. */
export function configJson({ text, vision, tokens }: Qwen25VlConfig): Record<string, unknown> {
  return {
    architectures: ['Qwen2_5_VLForConditionalGeneration'],
    model_type: 'qwen2_5_vl',
    attention_dropout: 0,
    bos_token_id: tokens.bos,
    eos_token_id: tokens.eos.length === 1 ? tokens.eos[0] : tokens.eos,
    pad_token_id: tokens.pad,
    vision_start_token_id: tokens.visionStart,
    vision_end_token_id: tokens.visionEnd,
    image_token_id: tokens.image,
    video_token_id: tokens.video,
    hidden_act: 'silu',
    hidden_size: text.hiddenSize,
    head_dim: text.headDim,
    intermediate_size: text.intermediateSize,
    max_position_embeddings: text.maxPositionEmbeddings,
    num_attention_heads: text.heads,
    num_hidden_layers: text.layers,
    num_key_value_heads: text.kvHeads,
    rms_norm_eps: text.rmsNormEps,
    rope_theta: text.ropeTheta,
    tie_word_embeddings: text.tieWordEmbeddings,
    torch_dtype: 'float32',
    use_sliding_window: false,
    vocab_size: text.vocabularySize,
    vision_config: {
      depth: vision.depth,
      hidden_act: 'silu',
      hidden_size: vision.hiddenSize,
      intermediate_size: vision.intermediateSize,
      num_heads: vision.heads,
      in_chans: vision.inChannels,
      out_hidden_size: vision.outHiddenSize,
      patch_size: vision.patchSize,
      spatial_merge_size: vision.spatialMergeSize,
      spatial_patch_size: vision.patchSize,
      window_size: vision.windowSize,
      fullatt_block_indexes: vision.fullAttentionBlocks,
      tokens_per_second: vision.tokensPerSecond,
      temporal_patch_size: vision.temporalPatchSize,
    },
    rope_scaling: { type: 'mrope', mrope_section: text.mropeSection },
  };
}
