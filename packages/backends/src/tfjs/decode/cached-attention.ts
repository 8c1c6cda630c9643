/**
 * Computes attention of generated tokens. The keys of a prompt are stored once for all completions of its group; those of the completions
 * grow by one each step. Batches are ordered group, key head, completion, so that one product covers all completions of a group and the
 * prompt's keys.
 */
import type { DecoderSizes } from '../../models/spec/sizes.ts';
import type { Products } from '../ops/products.ts';
import type { Tensor, Tf } from '../tf.ts';

/** Keys and values of one layer. */
export interface KeyValues {
  readonly key: Tensor;
  readonly value: Tensor;
}

/** The cached keys and values of a layer. */
export interface LayerCache {
  /** `[groups · kvHeads, promptLength, headDim]` each. */
  readonly prompt: KeyValues;
  /** `[groups · kvHeads · completions, tokens so far, headDim]` each; absent before the first token. */
  readonly own?: KeyValues;
}

/** Rows of a decoding step. */
export interface DecodeRows {
  readonly groups: number;
  readonly completions: number;
}

/** From rows `[groups · length, kvHeads · headDim]` to `[groups · kvHeads, length, headDim]`. */
export function promptByHead(tf: Tf, x: Tensor, groups: number, decoder: DecoderSizes): Tensor {
  const { kvHeads, headDim } = decoder;
  const length = x.shape[0]! / groups;
  const apart = tf.reshape(x, [groups, length, kvHeads, headDim]);
  return tf.reshape(tf.transpose(apart, [0, 2, 1, 3]), [groups * kvHeads, length, headDim]);
}

/** From rows `[groups · completions, kvHeads · width]` to `[groups · kvHeads · completions, heads per key head, headDim]`. */
function byHead(
  tf: Tf,
  x: Tensor,
  { groups, completions }: DecodeRows,
  decoder: DecoderSizes,
): Tensor {
  const { kvHeads, headDim } = decoder;
  const width = x.shape[1]! / kvHeads;
  const apart = tf.reshape(x, [groups, completions, kvHeads, width]);
  const laid = tf.transpose(apart, [0, 2, 1, 3]);
  return tf.reshape(laid, [groups * kvHeads * completions, width / headDim, headDim]);
}

/** The cache with the keys and values of a step's tokens, rows `[groups · completions, kvHeads · headDim]`, put last. */
export function grow(
  tf: Tf,
  { prompt, own }: LayerCache,
  added: KeyValues,
  rows: DecodeRows,
  decoder: DecoderSizes,
): Required<LayerCache> {
  const put = (before: Tensor | undefined, x: Tensor) => {
    const laid = byHead(tf, x, rows, decoder);
    return before ? tf.concat([before, laid], 1) : laid;
  };
  return {
    prompt,
    own: { key: put(own?.key, added.key), value: put(own?.value, added.value) },
  };
}

/**
 * `softmax(q · kᵀ / √headDim) · v` over prompt and completion together.
 *
 * @param query rows `[groups · completions, heads · headDim]`, rotated.
 * @param promptMask `[groups, 1, promptLength]`: 0, or a large negative number for padding.
 * @returns rows of the same shape.
 */
export function attendCached(
  tf: Tf,
  products: Products,
  query: Tensor,
  { prompt, own }: Required<LayerCache>,
  promptMask: Tensor,
  rows: DecodeRows,
  decoder: DecoderSizes,
): Tensor {
  const { groups, completions } = rows;
  const { kvHeads, headDim, heads } = decoder;
  const sharing = heads / kvHeads;
  const batch = groups * kvHeads * completions;
  const promptLength = prompt.key.shape[1]!;
  const made = own.key.shape[1]!;
  const queries = byHead(tf, tf.mul(query, 1 / Math.sqrt(headDim)), rows, decoder);
  const stacked = tf.reshape(queries, [groups * kvHeads, completions * sharing, headDim]);
  const shared = products.batched(stacked, prompt.key, { b: true });
  const masked = tf.add(
    tf.reshape(shared, [groups, kvHeads * completions * sharing, promptLength]),
    promptMask,
  );
  const scores = tf.concat(
    [
      tf.reshape(masked, [batch, sharing, promptLength]),
      products.batched(queries, own.key, { b: true }),
    ],
    2,
  );
  const [ofPrompt, ofOwn] = tf.split(tf.softmax(scores, -1), [promptLength, made], 2);
  const weights = tf.reshape(ofPrompt!, [groups * kvHeads, completions * sharing, promptLength]);
  const attended = tf.add(
    tf.reshape(products.batched(weights, prompt.value), [batch, sharing, headDim]),
    products.batched(ofOwn!, own.value),
  );
  const apart = tf.reshape(attended, [groups, kvHeads, completions, sharing * headDim]);
  return tf.reshape(tf.transpose(apart, [0, 2, 1, 3]), [groups * completions, heads * headDim]);
}
