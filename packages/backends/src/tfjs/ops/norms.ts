/** Implements norms along the rows of a matrix, with their gradients written out. */
import { composite } from '../tf.ts';
import type { Tensor, Tf } from '../tf.ts';

/** With x̂ = x · inverse: dx = inverse · (dy∘w − x̂ · mean(dy∘w∘x̂)), dw = Σ dy∘x̂; a constant weight needs no dw. */
export function rmsNorm(
  tf: Tf,
  x: Tensor,
  weight: Tensor,
  epsilon: number,
  isConstant: boolean,
): Tensor {
  return composite(tf, isConstant ? [x] : [x, weight], (save) => {
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), epsilon));
    save([x, weight, inverse]);
    return {
      value: tf.mul(tf.mul(x, inverse), weight),
      gradient: (incoming, [input, scale, factor]) => {
        const normed = tf.mul(input!, factor!);
        const scaled = tf.mul(incoming, scale!);
        const mean = tf.mean(tf.mul(scaled, normed), -1, true);
        return [
          tf.mul(tf.sub(scaled, tf.mul(normed, mean)), factor!),
          ...(isConstant ? [] : [tf.sum(tf.mul(incoming, normed), 0)]),
        ];
      },
    };
  });
}

/**
 * With x̂ = (x − mean(x)) · inverse and s = dy∘w: dx = inverse · (s − mean(s) − x̂ · mean(s∘x̂)), dw = Σ dy∘x̂, db = Σ dy; a
 * constant weight and bias need no gradient.
 */
export function layerNorm(
  tf: Tf,
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  epsilon: number,
  isConstant: boolean,
): Tensor {
  return composite(tf, isConstant ? [x] : [x, weight, bias], (save) => {
    const mean = tf.mean(x, -1, true);
    const centered = tf.sub(x, mean);
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centered), -1, true), epsilon));
    save([x, weight, mean, inverse]);
    return {
      value: tf.add(tf.mul(tf.mul(centered, inverse), weight), bias),
      gradient: (incoming, [input, scale, middle, factor]) => {
        const normed = tf.mul(tf.sub(input!, middle!), factor!);
        const scaled = tf.mul(incoming, scale!);
        const along = tf.mean(tf.mul(scaled, normed), -1, true);
        const lost = tf.add(tf.mean(scaled, -1, true), tf.mul(normed, along));
        return [
          tf.mul(tf.sub(scaled, lost), factor!),
          ...(isConstant ? [] : [tf.sum(tf.mul(incoming, normed), 0), tf.sum(incoming, 0)]),
        ];
      },
    };
  });
}
