/** Implements matrix products in the fastest form of each backend. Without gradients, which callers write out. */
import type { Tensor, Tensor2D, Tf } from '../tf.ts';

/** Which operands are transposed. */
export interface Transposes {
  readonly a?: boolean;
  readonly b?: boolean;
}

/** Products of one backend. */
export interface Products {
  /** Matrices `[m, k] · [k, n]`, after transposing; `bias [n]` is added to every row. */
  matrix(a: Tensor, b: Tensor, options?: Transposes & { readonly bias?: Tensor }): Tensor;
  /** Batches of matrices, `[batch, m, k] · [batch, k, n]`, after transposing. Without broadcasting. */
  batched(a: Tensor, b: Tensor, transposes?: Transposes): Tensor;
  /** Whether a matrix in repeated products is better kept transposed. */
  readonly keepsTransposed: boolean;
}

function product(
  tf: Tf,
  x: Tensor,
  y: Tensor,
  transposeA: boolean,
  transposeB: boolean,
  bias?: Tensor,
): Tensor {
  if (!bias) return tf.matMul(x, y, transposeA, transposeB);
  const [a, b] = [x as Tensor2D, y as Tensor2D];
  return tf.fused.matMul({ a, b, transposeA, transposeB, bias });
}

/** Transposes by flags of the product: native TensorFlow, WebGPU, plain JavaScript. */
export function flaggedProducts(tf: Tf, keepsTransposed = false): Products {
  return {
    matrix: (x, y, { a = false, b = false, bias } = {}) => product(tf, x, y, a, b, bias),
    batched: (x, y, { a = false, b = false } = {}) => tf.matMul(x, y, a, b),
    keepsTransposed,
  };
}

/** The wasm backend's own method for reading a part of a tensor. */
interface PartReader {
  readSync(id: object, start: number, end: number): Float32Array;
}

/** One of the matrices of a batch. The backend's own slices copy all of them out of its memory first. */
function single(tf: Tf, x: Tensor, index: number): Tensor2D {
  const [, rows, columns] = x.shape as [number, number, number];
  const { readSync } = tf.backend() as unknown as PartReader;
  const [start, end] = [index * rows * columns, (index + 1) * rows * columns];
  return tf.tensor2d(readSync.call(tf.backend(), x.dataId, start, end), [rows, columns]);
}

/** Batched products with more multiplications per matrix than this run one by one. */
const LOOPED = 2 ** 17;

/**
 * Transposes by operations of their own, and large batches as single products: the wasm backend has its fast kernel (XNNPACK)
 * only for a single product without transposes, and is 4 to 50 times slower otherwise.
 */
export function transposedProducts(tf: Tf): Products {
  const laid = (x: Tensor, transposed = false) =>
    transposed ? tf.transpose(x, x.rank === 2 ? [1, 0] : [0, 2, 1]) : x;
  return {
    matrix: (x, y, { a, b, bias } = {}) => product(tf, laid(x, a), laid(y, b), false, false, bias),
    batched: (x, y, { a, b } = {}) => {
      const [left, right] = [laid(x, a), laid(y, b)];
      const [batch, rows, inner] = left.shape as [number, number, number];
      if (batch > 1 && rows * inner * right.shape[2]! <= LOOPED) return tf.matMul(left, right);
      const each = Array.from({ length: batch }, (_, index) =>
        tf.matMul(single(tf, left, index), single(tf, right, index)),
      );
      return tf.stack(each);
    },
    keepsTransposed: true,
  };
}
