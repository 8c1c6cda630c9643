/**
 * The keys of `config.json` in their two published spellings. transformers leaves out what is its default when it saves, so
 * every default of its classes (`configuration_qwen2_5_vl.py`) is filled in.
 */
import { z } from 'zod';

const count = z.int().positive();
const tokenId = z.int().nonnegative();
const tokenIds = z.union([tokenId, z.array(tokenId).min(1)]);

/** Base of the vision tower's frequencies; there is no Qwen2.5-VL with another, and the flat form has no key for it. */
const visionTheta = z.literal(10000).optional();

const visionSchema = z.object({
  depth: count.default(32),
  hidden_size: count.default(3584),
  intermediate_size: count.default(3420),
  num_heads: count.default(16),
  in_channels: count.optional(),
  in_chans: count.optional(),
  out_hidden_size: count.default(3584),
  patch_size: count.default(14),
  spatial_merge_size: count.default(2),
  temporal_patch_size: count.default(2),
  window_size: count.default(112),
  fullatt_block_indexes: z.array(z.int().nonnegative()).default([7, 15, 23, 31]),
  tokens_per_second: z.number().positive().default(4),
  hidden_act: z.literal('silu').optional(),
  rope_theta: visionTheta,
  rope_parameters: z.object({ rope_theta: visionTheta }).nullish(),
});

/** Other kinds stretch the context (`yarn`); their frequencies are not ours. */
const ropeKind = z.enum(['mrope', 'default']).optional();

const ropeSchema = z.object({
  type: ropeKind,
  rope_type: ropeKind,
  mrope_section: z.tuple([count, count, count]),
  rope_theta: z.number().positive().optional(),
});

/** The decoder's keys, at the root of the flat form and under `text_config` in the nested one. */
export const textSchema = z.object({
  hidden_size: count.default(8192),
  num_hidden_layers: count.default(80),
  num_attention_heads: count.default(64),
  num_key_value_heads: count.nullable().default(8),
  head_dim: count.nullish(),
  intermediate_size: count.default(29568),
  vocab_size: count.default(152064),
  rms_norm_eps: z.number().positive().default(1e-5),
  rope_theta: z.number().positive().optional(),
  rope_scaling: ropeSchema.nullish(),
  rope_parameters: ropeSchema.nullish(),
  max_position_embeddings: count.default(32768),
  hidden_act: z.literal('silu').optional(),
  use_sliding_window: z.literal(false).nullish(),
  layer_types: z.array(z.literal('full_attention')).nullish(),
  tie_word_embeddings: z.boolean().optional(),
  bos_token_id: tokenId.nullish(),
  eos_token_id: tokenIds.nullish(),
  pad_token_id: tokenId.nullish(),
});

/** The keys that both forms have at the root. */
export const rootSchema = z.object({
  model_type: z.literal('qwen2_5_vl'),
  text_config: textSchema.optional(),
  vision_config: visionSchema,
  tie_word_embeddings: z.boolean().optional(),
  quantization_config: z
    .null('quantised weights are not read: take the bf16 checkpoint')
    .optional(),
  bos_token_id: tokenId.nullish(),
  eos_token_id: tokenIds.nullish(),
  pad_token_id: tokenId.nullish(),
  image_token_id: tokenId.default(151655),
  video_token_id: tokenId.default(151656),
  vision_start_token_id: tokenId.default(151652),
  vision_end_token_id: tokenId.default(151653),
});
