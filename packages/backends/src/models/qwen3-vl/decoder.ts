/**
 * Builds the decoder of Qwen3-VL: that of Qwen3, grouped-query attention whose queries and keys are normalized head by head before they are
 * rotated, SwiGLU, RMS norms. After its first layers the tokens of media get the deeper features of the tower (DeepStack,
 * arXiv 2406.04334).
 */
import type { RotaryTables, TensorOps } from '../../ops/tensor-ops.ts';
import { embedWithMedia } from '../parts/decoder.ts';
import type { Decoder, MediaRows } from '../parts/decoder.ts';
import { linearLayer } from '../parts/linear-layer.ts';
import type { Attend } from '../spec/graphs.ts';
import type { DecoderSizes } from '../spec/sizes.ts';
import type { Weights } from '../spec/weights.ts';
import type { TextConfig } from './config.ts';
import { DECODER, EMBEDDING } from './parameters.ts';

/** One decoder layer over rows of any arrangement. */
function decoderLayer<T>(
  ops: TensorOps<T>,
  text: TextConfig,
  weights: Weights<T>,
  layer: number,
  hidden: T,
  rotary: RotaryTables<T>,
  attend: Attend<T>,
): T {
  const prefix = `${DECODER}.layers.${layer}`;
  const rows = ops.shapeOf(hidden)[0]!;
  const norm = (name: string, x: T) =>
    ops.rmsNorm(x, weights.get(`${prefix}.${name}.weight`), text.rmsNormEps);
  const linear = (name: string, x: T, hasBias = false) =>
    linearLayer(ops, weights, `${prefix}.${name}`, x, hasBias);
  const normed = norm('input_layernorm', hidden);
  const project = (name: string) => linear(`self_attn.${name}_proj`, normed, text.attentionBias);
  const rotated = (name: 'q' | 'k', heads: number) => {
    const apart = ops.reshape(project(name), [rows * heads, text.headDim]);
    const each = norm(`self_attn.${name}_norm`, apart);
    return ops.rotate(ops.reshape(each, [rows, heads * text.headDim]), rotary, heads);
  };
  const attended = attend(
    rotated('q', text.heads),
    rotated('k', text.kvHeads),
    project('v'),
    layer,
  );
  const after = ops.add(hidden, linear('self_attn.o_proj', attended, text.attentionBias));
  const wide = norm('post_attention_layernorm', after);
  const inner = ops.swiglu(linear('mlp.gate_proj', wide), linear('mlp.up_proj', wide));
  return ops.add(after, linear('mlp.down_proj', inner));
}

/** Adds the features of a layer to the rows of their tokens. */
function withDeepFeatures<T>(
  ops: TensorOps<T>,
  hidden: T,
  layer: number,
  media: MediaRows<T> | undefined,
): T {
  const level = media?.vision.levels[layer];
  if (!media || level === undefined) return hidden;
  return ops.add(hidden, ops.permuteRows(level, media.placement));
}

/** The decoder of a config. */
export function qwen3Decoder(text: TextConfig, sizes: DecoderSizes): Decoder {
  return {
    sizes,
    intermediateSize: text.intermediateSize,
    embed: (ops, weights, ids, media) => embedWithMedia(ops, weights, EMBEDDING, ids, media),
    layers(ops, weights, embedded, rotary, attend, media) {
      let hidden = embedded;
      for (let layer = 0; layer < text.layers; layer++) {
        const after = ops.checkpointedSegment(hidden, (x) =>
          decoderLayer(ops, text, weights, layer, x, rotary, attend),
        );
        hidden = withDeepFeatures(ops, after, layer, media);
      }
      return hidden;
    },
    head(ops, weights, hidden) {
      const normed = ops.rmsNorm(hidden, weights.get(`${DECODER}.norm.weight`), text.rmsNormEps);
      const head = text.tieWordEmbeddings ? `${DECODER}.embed_tokens` : 'lm_head';
      return linearLayer(ops, weights, head, normed, false);
    },
  };
}
