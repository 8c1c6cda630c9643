/** Sums rows by index, always in the same order. */
import type { Tensor, Tf } from '../tf.ts';

/** Elements of a comparison of indices with each other that are computed at once. */
const MOST_COMPARED = 2 ** 24;

/**
 * A matrix `[height, columns]` of zeros to whose rows `places` the `rows` are added: `places` is int32 `[batch, count]` and `rows` `[batch,
 * count, columns]`; a place may occur several times in one batch, but not in several batches.
 *
 * WebGPU adds to a repeated place by atomic additions, in any order: the last digit of a sum would vary between runs, and with it a resumed
 * run. There the rows of a repeated place are added up first, by a product in a fixed order.
 *
 * @param mostCompared the most pairs of places compared at once.
 */
export function scatterRows(
  tf: Tf,
  places: Tensor,
  rows: Tensor,
  height: number,
  mostCompared = MOST_COMPARED,
): Tensor {
  const [batch, count, columns] = rows.shape as [number, number, number];
  const added = tf.getBackend() === 'webgpu' ? addRepeated(tf, places, rows, mostCompared) : rows;
  return tf.scatterND(
    tf.reshape(places, [batch * count, 1]),
    tf.reshape(added, [batch * count, columns]),
    [height, columns],
  );
}

/** The rows with the sum of all that have a place at the first of them, and zeros at the others: adding zero is the same in any order. */
function addRepeated(tf: Tf, places: Tensor, rows: Tensor, mostCompared: number): Tensor {
  const [batch, count] = rows.shape as [number, number, number];
  const among = tf.reshape(places, [batch, 1, count]);
  const order = tf.range(0, count, 1, 'int32');
  const block = Math.max(1, Math.floor(mostCompared / (batch * count)));
  const sums: Tensor[] = [];
  for (let start = 0; start < count; start += block) {
    const size = Math.min(block, count - start);
    const own = tf.reshape(tf.slice(places, [0, start], [batch, size]), [batch, size, 1]);
    const isSame = tf.cast(tf.equal(own, among), 'float32');
    const positions = tf.reshape(tf.slice(order, [start], [size]), [size, 1]);
    const isEarlier = tf.cast(tf.less(tf.reshape(order, [1, count]), positions), 'float32');
    const earlier = tf.sum(tf.mul(isSame, isEarlier), -1, true);
    const isFirst = tf.cast(tf.less(earlier, 0.5), 'float32');
    sums.push(tf.mul(tf.matMul(isSame, rows), isFirst));
  }
  return sums.length === 1 ? sums[0]! : tf.concat(sums, 1);
}
