/**
 * Builds the decoder of Qwen2.5-VL: grouped-query attention with rotary positions (multimodal positions enter through host-made
 * tables), SwiGLU, RMS norms, a head that may be tied to the embedding.
 */
import type { RotaryTables, TensorOps } from '../../ops/tensor-ops.ts';
import { embedWithMedia } from '../parts/decoder.ts';
import type { Decoder } from '../parts/decoder.ts';
import { linearLayer } from '../parts/linear-layer.ts';
import type { Attend } from '../spec/graphs.ts';
import type { DecoderSizes } from '../spec/sizes.ts';
import type { Weights } from '../spec/weights.ts';
import type { DecoderConfig } from '../parts/published-config.ts';
import { EMBEDDING } from './parameters.ts';

/** One decoder layer over rows of any arrangement. */
function decoderLayer<T>(
  ops: TensorOps<T>,
  text: DecoderConfig,
  weights: Weights<T>,
  layer: number,
  hidden: T,
  rotary: RotaryTables<T>,
  attend: Attend<T>,
): T {
  const prefix = `model.layers.${layer}`;
  const norm = (name: string, x: T) =>
    ops.rmsNorm(x, weights.get(`${prefix}.${name}.weight`), text.rmsNormEps);
  const linear = (name: string, x: T, hasBias = false) =>
    linearLayer(ops, weights, `${prefix}.${name}`, x, hasBias);
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

/** The decoder of a config. */
export function qwen25Decoder(text: DecoderConfig, sizes: DecoderSizes): Decoder {
  return {
    sizes,
    intermediateSize: text.intermediateSize,
    embed: (ops, weights, ids, media) => embedWithMedia(ops, weights, EMBEDDING, ids, media),
    layers(ops, weights, embedded, rotary, attend) {
      let hidden = embedded;
      for (let layer = 0; layer < text.layers; layer++) {
        hidden = ops.checkpointedSegment(hidden, (x) =>
          decoderLayer(ops, text, weights, layer, x, rotary, attend),
        );
      }
      return hidden;
    },
    head(ops, weights, hidden) {
      const normed = ops.rmsNorm(hidden, weights.get('model.norm.weight'), text.rmsNormEps);
      const head = text.tieWordEmbeddings ? 'model.embed_tokens' : 'lm_head';
      return linearLayer(ops, weights, head, normed, false);
    },
  };
}
