/**
 * Defines the keys of `config.json` that Qwen's vision-language models share, in the spelling of transformers: a decoder with grouped-query
 * attention and M-RoPE, a vision tower that cuts frames into patches, and special tokens. Defaults differ between classes, so each
 * architecture gives its own.
 */
import { z } from 'zod';

/** A size: at least 1. */
export const count = z.int().positive();

const tokenId = z.int().nonnegative();
const tokenIds = z.union([tokenId, z.array(tokenId).min(1)]);

/** Ids of the tokens that begin, end and pad text; saved at the root, in `text_config`, or in both. */
const textTokenKeys = {
  bos_token_id: tokenId.nullish(),
  eos_token_id: tokenIds.nullish(),
  pad_token_id: tokenId.nullish(),
} as const;

/** Keys at the root of the file, beside `model_type` and the two configs. */
export const rootKeys = {
  ...textTokenKeys,
  tie_word_embeddings: z.boolean().optional(),
  quantization_config: z
    .null('quantized weights are not supported: take the bf16 checkpoint')
    .optional(),
  image_token_id: tokenId.default(151655),
  video_token_id: tokenId.default(151656),
  vision_start_token_id: tokenId.default(151652),
  vision_end_token_id: tokenId.default(151653),
} as const;

/** The defaults of a class of transformers for the decoder keys that a config leaves out. */
export interface DecoderDefaults {
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly intermediateSize: number;
  readonly vocabularySize: number;
  readonly rmsNormEps: number;
  readonly maxPositionEmbeddings: number;
}

/** Keys of a decoder, without `head_dim` and the rotary ones. */
export function decoderKeys(defaults: DecoderDefaults) {
  return {
    ...textTokenKeys,
    hidden_size: count.default(defaults.hiddenSize),
    num_hidden_layers: count.default(defaults.layers),
    num_attention_heads: count.default(defaults.heads),
    num_key_value_heads: count.nullable().default(defaults.kvHeads),
    intermediate_size: count.default(defaults.intermediateSize),
    vocab_size: count.default(defaults.vocabularySize),
    rms_norm_eps: z.number().positive().default(defaults.rmsNormEps),
    rope_theta: z.number().positive().optional(),
    max_position_embeddings: count.default(defaults.maxPositionEmbeddings),
    hidden_act: z.literal('silu').optional(),
    use_sliding_window: z.literal(false).nullish(),
    layer_types: z.array(z.literal('full_attention')).nullish(),
    tie_word_embeddings: z.boolean().optional(),
  } as const;
}

/** Other kinds (`yarn`) extend the context and have other frequencies. */
const ropeKind = z.enum(['mrope', 'default']).optional();

/** Keys of `rope_scaling` and `rope_parameters`, besides `mrope_section`. */
export const ropeKeys = {
  type: ropeKind,
  rope_type: ropeKind,
  rope_theta: z.number().positive().optional(),
} as const;

/** Rotary frequencies given to time, height and width. */
export const mropeSection = z.tuple([count, count, count]);

/** The defaults of a class of transformers for the tower keys that a config leaves out. */
export interface TowerDefaults {
  readonly depth: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly patchSize: number;
}

/** Keys of a vision tower. */
export function towerKeys(defaults: TowerDefaults) {
  return {
    depth: count.default(defaults.depth),
    hidden_size: count.default(defaults.hiddenSize),
    intermediate_size: count.default(defaults.intermediateSize),
    num_heads: count.default(16),
    out_hidden_size: count.default(3584),
    patch_size: count.default(defaults.patchSize),
    spatial_merge_size: count.default(2),
    temporal_patch_size: count.default(2),
  } as const;
}

/** The root of a file, as parsed. */
export type PublishedRoot = z.output<z.ZodObject<typeof rootKeys>>;

/** A decoder's keys, as parsed. */
export type PublishedDecoder = z.output<z.ZodObject<ReturnType<typeof decoderKeys>>>;

/** A tower's keys, as parsed. */
export type PublishedTower = z.output<z.ZodObject<ReturnType<typeof towerKeys>>>;
