/** Implements activation functions, with their gradients written out. */
import { GELU_TANH } from '../../ops/gelu-tanh.ts';
import { composite } from '../tf.ts';
import type { Tensor, Tf } from '../tf.ts';

/** `silu(gate) ∘ up`; with s the sigmoid, silu′(x) = s + silu(x)·(1 − s). */
export function swiglu(tf: Tf, gate: Tensor, up: Tensor): Tensor {
  return composite(tf, [gate, up], (save) => {
    const open = tf.sigmoid(gate);
    const activated = tf.mul(gate, open);
    save([up, open, activated]);
    return {
      value: tf.mul(activated, up),
      gradient: (incoming, [other, s, silu]) => {
        const slope = tf.add(s!, tf.mul(silu!, tf.sub(1, s!)));
        return [tf.mul(tf.mul(incoming, other!), slope), tf.mul(incoming, silu!)];
      },
    };
  });
}

/** The exact `x · Φ(x)`, with Φ the normal distribution function; its slope is `Φ(x) + x · φ(x)`. */
export function gelu(tf: Tf, x: Tensor): Tensor {
  const distribution = (at: Tensor) => tf.mul(tf.add(tf.erf(tf.mul(at, Math.SQRT1_2)), 1), 0.5);
  return composite(tf, [x], (save) => {
    save([x]);
    return {
      value: tf.mul(x, distribution(x)),
      gradient: (incoming, [at]) => {
        const density = tf.mul(tf.exp(tf.mul(tf.square(at!), -0.5)), 1 / Math.sqrt(2 * Math.PI));
        return [tf.mul(incoming, tf.add(distribution(at!), tf.mul(at!, density)))];
      },
    };
  });
}

/** The tanh approximation of GELU; with s the sigmoid of 2u its slope is `s + x · s · (1 − s) · 2u′`. */
export function geluTanh(tf: Tf, x: Tensor): Tensor {
  const { linear, cubic } = GELU_TANH;
  const even = (square: Tensor, a: number, b: number) => tf.add(tf.mul(square, b), a);
  const gate = (at: Tensor, square: Tensor) => tf.sigmoid(tf.mul(at, even(square, linear, cubic)));
  return composite(tf, [x], (save) => {
    save([x]);
    return {
      value: tf.mul(x, gate(x, tf.square(x))),
      gradient: (incoming, [at]) => {
        const square = tf.square(at!);
        const open = gate(at!, square);
        const spread = tf.mul(tf.mul(at!, open), tf.sub(1, open));
        const bend = tf.mul(spread, even(square, linear, 3 * cubic));
        return [tf.mul(incoming, tf.add(open, bend))];
      },
    };
  });
}
