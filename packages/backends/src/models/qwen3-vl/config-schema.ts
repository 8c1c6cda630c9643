/**
 * The keys of a Qwen3-VL `config.json`, as transformers 4.57 and 5 spell them. Every default of its classes
 * (`configuration_qwen3_vl.py`) is filled in, but for the base of the rotary frequencies: the two versions have different ones.
 */
import { z } from 'zod';

const count = z.int().positive();
const tokenId = z.int().nonnegative();
const tokenIds = z.union([tokenId, z.array(tokenId).min(1)]);

/** Base of the vision tower's frequencies; there is no Qwen3-VL with another. */
const towerTheta = z.literal(10000).optional();

const visionSchema = z.object({
  depth: count.default(27),
  hidden_size: count.default(1152),
  intermediate_size: count.default(4304),
  num_heads: count.default(16),
  in_channels: count.default(3),
  out_hidden_size: count.default(3584),
  patch_size: count.default(16),
  spatial_merge_size: count.default(2),
  temporal_patch_size: count.default(2),
  num_position_embeddings: count.default(2304),
  deepstack_visual_indexes: z.array(z.int().nonnegative()).default([8, 16, 24]),
  hidden_act: z.literal('gelu_pytorch_tanh').optional(),
  rope_theta: towerTheta,
  rope_parameters: z.object({ rope_theta: towerTheta }).nullish(),
});

/** Other kinds stretch the context (`yarn`); their frequencies are not ours. */
const ropeKind = z.enum(['mrope', 'default']).optional();

const ropeSchema = z.object({
  type: ropeKind,
  rope_type: ropeKind,
  mrope_section: z.tuple([count, count, count]).default([24, 20, 20]),
  // transformers always interleaves; a config that says otherwise is of another model.
  mrope_interleaved: z.literal(true).optional(),
  rope_theta: z.number().positive().optional(),
});

const textSchema = z.object({
  hidden_size: count.default(4096),
  num_hidden_layers: count.default(32),
  num_attention_heads: count.default(32),
  num_key_value_heads: count.nullable().default(32),
  head_dim: count.default(128),
  intermediate_size: count.default(22016),
  vocab_size: count.default(151936),
  rms_norm_eps: z.number().positive().default(1e-6),
  rope_theta: z.number().positive().optional(),
  rope_scaling: ropeSchema.nullish(),
  rope_parameters: ropeSchema.nullish(),
  max_position_embeddings: count.default(128000),
  hidden_act: z.literal('silu').optional(),
  attention_bias: z.boolean().default(false),
  use_sliding_window: z.literal(false).nullish(),
  layer_types: z.array(z.literal('full_attention')).nullish(),
  tie_word_embeddings: z.boolean().optional(),
  bos_token_id: tokenId.nullish(),
  eos_token_id: tokenIds.nullish(),
  pad_token_id: tokenId.nullish(),
});

/** The whole file. */
export const configSchema = z.object({
  model_type: z.literal('qwen3_vl'),
  text_config: textSchema,
  vision_config: visionSchema,
  tie_word_embeddings: z.boolean().optional(),
  quantization_config: z
    .null('quantized weights are not read: take the bf16 checkpoint')
    .optional(),
  bos_token_id: tokenId.nullish(),
  eos_token_id: tokenIds.nullish(),
  pad_token_id: tokenId.nullish(),
  image_token_id: tokenId.default(151655),
  video_token_id: tokenId.default(151656),
  vision_start_token_id: tokenId.default(151652),
  vision_end_token_id: tokenId.default(151653),
});
