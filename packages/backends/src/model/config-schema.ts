/** The keys of `config.json` in their two published spellings. */
import { z } from 'zod';

const count = z.int().positive();
const tokenId = z.int().nonnegative();

const visionSchema = z.object({
  depth: count,
  hidden_size: count,
  intermediate_size: count,
  num_heads: count,
  in_channels: count.optional(),
  in_chans: count.optional(),
  out_hidden_size: count,
  patch_size: count,
  spatial_merge_size: count,
  temporal_patch_size: count,
  window_size: count,
  fullatt_block_indexes: z.array(z.int().nonnegative()),
  tokens_per_second: z.number().positive(),
  hidden_act: z.literal('silu').optional(),
});

const ropeSchema = z.object({
  mrope_section: z.tuple([count, count, count]),
  rope_theta: z.number().positive().optional(),
});

/** The decoder's keys, at the root of the flat form and under `text_config` in the nested one. */
export const textSchema = z.object({
  hidden_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  num_key_value_heads: count,
  head_dim: count.optional(),
  intermediate_size: count,
  vocab_size: count,
  rms_norm_eps: z.number().positive(),
  rope_theta: z.number().positive().optional(),
  rope_scaling: ropeSchema.nullish(),
  rope_parameters: ropeSchema.nullish(),
  max_position_embeddings: count,
  hidden_act: z.literal('silu').optional(),
  use_sliding_window: z.literal(false).optional(),
  bos_token_id: tokenId,
  eos_token_id: z.union([tokenId, z.array(tokenId).min(1)]),
  pad_token_id: tokenId.nullish(),
});

/** The keys that both forms have at the root. */
export const rootSchema = z.object({
  model_type: z.literal('qwen2_5_vl'),
  text_config: textSchema.optional(),
  vision_config: visionSchema,
  tie_word_embeddings: z.boolean().optional(),
  image_token_id: tokenId,
  video_token_id: tokenId,
  vision_start_token_id: tokenId,
  vision_end_token_id: tokenId,
});
