/** Computes figures of tokens from logits, with the gradients written out. */
import { composite } from '../tf.ts';
import type { Tensor, Tf } from '../tf.ts';
import { scatterRows } from './scatter.ts';

/** Places of `targets [rows, n]` among the elements of `[rows, vocabulary]`, in one line. */
function placesOf(tf: Tf, targets: Tensor, rows: number, vocabulary: number): Tensor {
  const starts = tf.mul(
    tf.reshape(tf.range(0, rows, 1, 'int32'), [rows, 1]),
    tf.scalar(vocabulary, 'int32'),
  );
  return tf.reshape(tf.add(starts, targets), [-1]);
}

/** Values `[rows, n]` at the places of `targets`, zeros elsewhere: `[rows, vocabulary]`. */
function spreadOut(
  tf: Tf,
  values: Tensor,
  places: Tensor,
  targets: Tensor,
  [rows, vocabulary]: readonly [number, number],
): Tensor {
  const sent = tf.expandDims(values, -1);
  const found = scatterRows(tf, tf.reshape(places, targets.shape), sent, rows * vocabulary);
  return tf.reshape(found, [rows, vocabulary]);
}

/** Gathered log-softmax; with d the incoming gradients of a row, dlogits = onehot(d) − softmax · Σd. */
export function tokenLogProbs(tf: Tf, logits: Tensor, targets: Tensor): Tensor {
  const shape = logits.shape as [number, number];
  return composite(tf, [logits], (save) => {
    const all = tf.logSoftmax(logits, -1);
    const places = placesOf(tf, targets, ...shape);
    save([all, places]);
    return {
      value: tf.reshape(tf.gather(tf.reshape(all, [-1]), places.as1D()), targets.shape),
      gradient: (incoming, [logProbs, at]) => {
        const ones = spreadOut(tf, incoming, at!, targets, shape);
        const spread = tf.mul(tf.exp(logProbs!), tf.sum(incoming, -1, true));
        return [tf.sub(ones, spread)];
      },
    };
  });
}

/**
 * Gathered log-softmax, and H = −Σ p·log p as a last column; with d the incoming gradients of the gathered and e that of H,
 * dlogits = onehot(d) − p ∘ (Σd + e·(log p + H)).
 */
export function tokenFigures(tf: Tf, logits: Tensor, targets: Tensor): Tensor {
  const shape = logits.shape as [number, number];
  const count = targets.shape[1]!;
  return composite(tf, [logits], (save) => {
    const all = tf.logSoftmax(logits, -1);
    const places = placesOf(tf, targets, ...shape);
    const entropy = tf.neg(tf.sum(tf.mul(tf.exp(all), all), -1, true));
    const picked = tf.reshape(tf.gather(tf.reshape(all, [-1]), places.as1D()), targets.shape);
    save([all, places, entropy]);
    return {
      value: tf.concat([picked, entropy], 1),
      gradient: (incoming, [logProbs, at, mean]) => {
        const [own, byEntropy] = tf.split(incoming, [count, 1], 1) as [Tensor, Tensor];
        const ones = spreadOut(tf, own, at!, targets, shape);
        const surplus = tf.mul(tf.add(logProbs!, mean!), byEntropy);
        const slope = tf.add(surplus, tf.sum(own, -1, true));
        return [tf.sub(ones, tf.mul(tf.exp(logProbs!), slope))];
      },
    };
  });
}
