/**
 * Defines the keys of a Qwen2.5-VL `config.json` in their two published spellings. transformers saves without its defaults, so every
 * default of its classes (`configuration_qwen2_5_vl.py`) is filled in.
 */
import { z } from 'zod';
import {
  count,
  decoderKeys,
  mropeSection,
  rootKeys,
  ropeKeys,
  towerKeys,
} from '../parts/published-keys.ts';

/** Base of the vision tower's frequencies; every Qwen2.5-VL has this one, and the flat form has no key for it. */
const towerTheta = z.literal(10000).optional();

const visionSchema = z.object({
  ...towerKeys({ depth: 32, hiddenSize: 3584, intermediateSize: 3420, patchSize: 14 }),
  in_channels: count.optional(),
  in_chans: count.optional(),
  window_size: count.default(112),
  fullatt_block_indexes: z.array(z.int().nonnegative()).default([7, 15, 23, 31]),
  tokens_per_second: z.number().positive().default(4),
  hidden_act: z.literal('silu').optional(),
  rope_theta: towerTheta,
  rope_parameters: z.object({ rope_theta: towerTheta }).nullish(),
});

const ropeSchema = z.object({ ...ropeKeys, mrope_section: mropeSection });

/** The decoder's keys, at the root of the flat form and under `text_config` in the nested one. */
export const textSchema = z.object({
  ...decoderKeys({
    hiddenSize: 8192,
    layers: 80,
    heads: 64,
    kvHeads: 8,
    intermediateSize: 29568,
    vocabularySize: 152064,
    rmsNormEps: 1e-5,
    maxPositionEmbeddings: 32768,
  }),
  head_dim: count.nullish(),
  rope_scaling: ropeSchema.nullish(),
  rope_parameters: ropeSchema.nullish(),
});

/** The keys that both forms have at the root. */
export const rootSchema = z.object({
  ...rootKeys,
  model_type: z.literal('qwen2_5_vl'),
  text_config: textSchema.optional(),
  vision_config: visionSchema,
});
