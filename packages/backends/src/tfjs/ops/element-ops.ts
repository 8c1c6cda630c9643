/** Implements `ElementOps` on TensorFlow.js. */
import type { ElementOps } from '../../ops/element-ops.ts';
import { composite } from '../tf.ts';
import type { Tensor, Tf } from '../tf.ts';

/** The arithmetic of losses and optimizers. */
export function tfjsElementOps(tf: Tf): ElementOps<Tensor> {
  return {
    scalar: (value) => tf.scalar(value),
    add: (a, b) => tf.add(a, b),
    subtract: (a, b) => tf.sub(a, b),
    multiply: (a, b) => tf.mul(a, b),
    divide: (a, b) => tf.div(a, b),
    negate: (x) => tf.neg(x),
    exponential: (x) => tf.exp(x),
    squareRoot: (x) => tf.sqrt(x),
    minimum: (a, b) => tf.minimum(a, b),
    maximum: (a, b) => tf.maximum(a, b),
    sum: (x) => tf.sum(x),
    sumOfSquares: (x) => tf.sum(tf.square(x)),
    detach: (x) =>
      composite(tf, [x], () => ({
        value: x.clone(),
        gradient: (incoming) => [tf.zerosLike(incoming)],
      })),
  };
}
