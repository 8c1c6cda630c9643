/**
 * Defines the keys of a Qwen3-VL `config.json`, as transformers 4.57 and 5 spell them. Every default of its classes
 * (`configuration_qwen3_vl.py`) is filled in, except the base of the rotary frequencies, in which the two versions differ.
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

/** Base of the vision tower's frequencies, the same in every Qwen3-VL. */
const towerTheta = z.literal(10000).optional();

const visionSchema = z.object({
  ...towerKeys({ depth: 27, hiddenSize: 1152, intermediateSize: 4304, patchSize: 16 }),
  in_channels: count.default(3),
  num_position_embeddings: count.default(2304),
  deepstack_visual_indexes: z.array(z.int().nonnegative()).default([8, 16, 24]),
  hidden_act: z.literal('gelu_pytorch_tanh').optional(),
  rope_theta: towerTheta,
  rope_parameters: z
    .object({ rope_theta: towerTheta, rope_type: z.literal('axial').optional() })
    .nullish(),
});

const ropeSchema = z.object({
  ...ropeKeys,
  mrope_section: mropeSection.default([24, 20, 20]),
  // transformers always interleaves; a config with another value is of another model.
  mrope_interleaved: z.literal(true).optional(),
});

const textSchema = z.object({
  ...decoderKeys({
    hiddenSize: 4096,
    layers: 32,
    heads: 32,
    kvHeads: 32,
    intermediateSize: 22016,
    vocabularySize: 151936,
    rmsNormEps: 1e-6,
    maxPositionEmbeddings: 128000,
  }),
  head_dim: count.default(128),
  rope_scaling: ropeSchema.nullish(),
  rope_parameters: ropeSchema.nullish(),
  attention_bias: z.boolean().default(false),
});

/** The whole file. */
export const configSchema = z.object({
  ...rootKeys,
  model_type: z.literal('qwen3_vl'),
  text_config: textSchema,
  vision_config: visionSchema,
});
