/**
 * The decoder of Qwen2.5-VL: grouped-query attention with rotary positions (multimodal positions enter through host-made
 * tables), SwiGLU, RMS norms, a head that may be tied to the embedding.
 */
import type { ModelConfig } from './config.ts';
import type { RotaryTables, RowPermutation, TensorOps } from '../../ops/tensor-ops.ts';
import { linearLayer } from './linear-layer.ts';
import type { Parameters } from './parameters.ts';

/** Features that take the place of placeholder tokens. */
export interface MediaRows<T> {
  /** `[merged tokens, hidden]`. */
  readonly features: T;
  /** From features to token rows. */
  readonly placement: RowPermutation<T>;
  /** `[rows, 1]`: 0 where a feature goes, 1 elsewhere. */
  readonly textMask: T;
}

/** Attention over rotated queries, keys and values, rows in and rows out. */
export type Attend<T> = (query: T, key: T, value: T, layer: number) => T;

/** Token embeddings `[rows, hidden]` of `ids [rows]`, with media in place. */
export function embedTokens<T>(
  ops: TensorOps<T>,
  parameters: Parameters<T>,
  ids: T,
  media?: MediaRows<T>,
): T {
  const embedded = ops.embed(parameters('model.embed_tokens.weight'), ids);
  if (!media) return embedded;
  const placed = ops.permuteRows(media.features, media.placement);
  return ops.add(ops.multiply(embedded, media.textMask), placed);
}

/** One decoder layer over rows of any arrangement; `attend` knows the arrangement. */
export function decoderLayer<T>(
  ops: TensorOps<T>,
  config: ModelConfig,
  parameters: Parameters<T>,
  layer: number,
  hidden: T,
  rotary: RotaryTables<T>,
  attend: Attend<T>,
): T {
  const { text } = config;
  const prefix = `model.layers.${layer}`;
  const norm = (name: string, x: T) =>
    ops.rmsNorm(x, parameters(`${prefix}.${name}.weight`), text.rmsNormEps);
  const linear = (name: string, x: T, hasBias = false) =>
    linearLayer(ops, config, parameters, `${prefix}.${name}`, x, hasBias);
  const normed = norm('input_layernorm', hidden);
  const project = (name: string) => linear(`self_attn.${name}`, normed, true);
  const attended = attend(
    ops.rotate(project('q_proj'), rotary, text.heads),
    ops.rotate(project('k_proj'), rotary, text.kvHeads),
    project('v_proj'),
    layer,
  );
  const after = ops.add(hidden, linear('self_attn.o_proj', attended));
  const wide = norm('post_attention_layernorm', after);
  const inner = ops.swiglu(linear('mlp.gate_proj', wide), linear('mlp.up_proj', wide));
  return ops.add(after, linear('mlp.down_proj', inner));
}

/** All decoder layers. */
export function decoder<T>(
  ops: TensorOps<T>,
  config: ModelConfig,
  parameters: Parameters<T>,
  embedded: T,
  rotary: RotaryTables<T>,
  attend: Attend<T>,
): T {
  let hidden = embedded;
  for (let layer = 0; layer < config.text.layers; layer++) {
    hidden = ops.checkpointedSegment(hidden, (x) =>
      decoderLayer(ops, config, parameters, layer, x, rotary, attend),
    );
  }
  return hidden;
}

/** Logits `[rows, vocabulary]` of decoder rows: final norm and head. */
export function languageHead<T>(
  ops: TensorOps<T>,
  config: ModelConfig,
  parameters: Parameters<T>,
  hidden: T,
): T {
  const { tieWordEmbeddings, rmsNormEps } = config.text;
  const normed = ops.rmsNorm(hidden, parameters('model.norm.weight'), rmsNormEps);
  const head = tieWordEmbeddings ? 'model.embed_tokens' : 'lm_head';
  return linearLayer(ops, config, parameters, head, normed, false);
}
