/** Matrix products in the form that a backend runs fastest. Without gradients: those are written out where they are used. */
import type { Tensor, Tf } from '../tf.ts';

/** Which operands are to be transposed. */
export interface Transposes {
  readonly a?: boolean;
  readonly b?: boolean;
}

/** Products of one backend. */
export interface Products {
  /** Matrices `[m, k] · [k, n]`, after transposing. */
  matrix(a: Tensor, b: Tensor, transposes?: Transposes): Tensor;
  /** As many matrices side by side, `[batch, m, k] · [batch, k, n]`, after transposing. Nothing broadcasts. */
  batched(a: Tensor, b: Tensor, transposes?: Transposes): Tensor;
  /** Whether a matrix that is multiplied with again and again is better kept transposed. */
  readonly keepsTransposed: boolean;
}

/** Transposes by flags of the product: native TensorFlow, WebGPU, plain JavaScript. */
export function flaggedProducts(tf: Tf): Products {
  const product = (x: Tensor, y: Tensor, { a = false, b = false }: Transposes = {}) =>
    tf.matMul(x, y, a, b);
  return { matrix: product, batched: product, keepsTransposed: false };
}

/** Batched products of more multiplications a matrix than this are run one by one. */
const LOOPED = 2 ** 17;

/**
 * Transposes by operations of their own, and large batches as single products: the wasm backend has its fast kernel (XNNPACK)
 * only for one product of matrices as they lie, and is 4 to 50 times slower otherwise.
 */
export function transposedProducts(tf: Tf): Products {
  const laid = (x: Tensor, transposed = false) =>
    transposed ? tf.transpose(x, x.rank === 2 ? [1, 0] : [0, 2, 1]) : x;
  return {
    matrix: (x, y, { a, b } = {}) => tf.matMul(laid(x, a), laid(y, b)),
    batched: (x, y, { a, b } = {}) => {
      const [left, right] = [laid(x, a), laid(y, b)];
      const [batch, rows, inner] = left.shape as [number, number, number];
      if (batch > 1 && rows * inner * right.shape[2]! <= LOOPED) return tf.matMul(left, right);
      const others = tf.unstack(right);
      return tf.stack(tf.unstack(left).map((each, index) => tf.matMul(each, others[index]!)));
    },
    keepsTransposed: true,
  };
}
