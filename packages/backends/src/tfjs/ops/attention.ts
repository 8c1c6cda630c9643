/**
 * Computes scaled dot-product attention with a gradient of its own (FlashAttention, arXiv 2205.14135, appendix B.2): the row sums of
 * softmax's Jacobian are those of dO∘O. Query heads that share a key head are stacked as further rows of one product.
 */
import type { SegmentAttention } from '../../ops/tensor-ops.ts';
import { composite } from '../tf.ts';
import type { Tensor, Tf } from '../tf.ts';
import type { Products } from './products.ts';

/** The mask added to scores: `mask` broadcasts to `view`, the scores' elements in a finer shape. */
export interface ScoreMask {
  readonly view: readonly number[];
  readonly mask: Tensor;
}

/** `softmax(q · kᵀ / √size + mask) · v` for `query [batch, rows, size]`, `key` and `value [batch, keys, size]`. */
export function attend(
  tf: Tf,
  products: Products,
  [query, key, value]: readonly [Tensor, Tensor, Tensor],
  added?: ScoreMask,
): Tensor {
  const scale = 1 / Math.sqrt(query.shape[2]!);
  // weightsᵀ·rows as (rowsᵀ·weights)ᵀ: transposing the narrow operand is cheaper than transposing the square one.
  const overQueries = (weights: Tensor, rows: Tensor) =>
    tf.transpose(products.batched(rows, weights, { a: true }), [0, 2, 1]);
  return composite(tf, [query, key, value], (save) => {
    const scaled = tf.mul(query, scale);
    const scores = products.batched(scaled, key, { b: true });
    const masked = added
      ? tf.reshape(tf.add(tf.reshape(scores, [...added.view]), added.mask), scores.shape)
      : scores;
    const probabilities = tf.softmax(masked, -1);
    const output = products.batched(probabilities, value);
    save([scaled, key, value, probabilities, output]);
    return {
      value: output,
      gradient: (incoming, [q, k, v, p, out]) => {
        // (dO·Vᵀ − row sums) as one product: a column −sums beside dO meets a column of ones beside V.
        const sums = tf.neg(tf.sum(tf.mul(incoming, out!), -1, true));
        const [batch, keys] = v!.shape as [number, number, number];
        const centered = products.batched(
          tf.concat([incoming, sums], 2),
          tf.concat([v!, tf.ones([batch, keys, 1])], 2),
          { b: true },
        );
        const scoreGradient = tf.mul(p!, centered);
        return [
          tf.mul(products.batched(scoreGradient, k!), scale),
          overQueries(scoreGradient, q!),
          overQueries(p!, incoming),
        ];
      },
    };
  });
}

/** From rows `[segments · length, keyValueHeads · perHead]` to `[segments · keyValueHeads, sharing · length, size]`. */
export function byHead(
  tf: Tf,
  x: Tensor,
  segments: number,
  keyValueHeads: number,
  size: number,
): Tensor {
  const length = x.shape[0]! / segments;
  const sharing = x.shape[1]! / keyValueHeads / size;
  const laid =
    sharing === 1
      ? tf.transpose(tf.reshape(x, [segments, length, keyValueHeads, size]), [0, 2, 1, 3])
      : tf.transpose(
          tf.reshape(x, [segments, length, keyValueHeads, sharing, size]),
          [0, 2, 3, 1, 4],
        );
  return tf.reshape(laid, [segments * keyValueHeads, sharing * length, size]);
}

/** Back from `byHead` to rows. */
export function byRow(tf: Tf, x: Tensor, segments: number, length: number): Tensor {
  const [heads, stacked, size] = x.shape as [number, number, number];
  const keyValueHeads = heads / segments;
  const sharing = stacked / length;
  const laid =
    sharing === 1
      ? tf.transpose(tf.reshape(x, [segments, keyValueHeads, length, size]), [0, 2, 1, 3])
      : tf.transpose(
          tf.reshape(x, [segments, keyValueHeads, sharing, length, size]),
          [0, 3, 1, 2, 4],
        );
  return tf.reshape(laid, [segments * length, keyValueHeads * sharing * size]);
}

/** Attention within segments; see `TensorOps.attendSegments`. */
export function attendSegments(
  tf: Tf,
  products: Products,
  [query, key, value]: readonly [Tensor, Tensor, Tensor],
  { segments, length, heads, keyValueHeads, headSize, keyMask }: SegmentAttention<Tensor>,
): Tensor {
  const laid = (x: Tensor) => byHead(tf, x, segments, keyValueHeads, headSize);
  const mask = keyMask && {
    view: [segments, heads, length, length],
    mask: tf.reshape(keyMask, [segments, 1, 1, length]),
  };
  const attended = attend(tf, products, [laid(query), laid(key), laid(value)], mask);
  return byRow(tf, attended, segments, length);
}
