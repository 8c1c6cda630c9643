/**
 * Defines TensorFlow.js as a value: `start/` loads it with a backend, in the thread of the engine, and everything here receives it. Nothing
 * imports it at run time, so that only its users load it.
 */
import type * as tfjs from '@tensorflow/tfjs';

/** The library. */
export type Tf = typeof tfjs;

/** A tensor on the device; `dispose` or `tidy` frees it. */
export type Tensor = tfjs.Tensor;

/** A matrix on the device. */
export type Tensor2D = tfjs.Tensor2D;

/** The gradient of a composite operation. */
export interface Composite {
  readonly value: Tensor;
  /** From the gradient of the value and the saved tensors to the gradients of the inputs, in order. */
  readonly gradient: (incoming: Tensor, saved: readonly Tensor[]) => Tensor[];
}

/**
 * An operation with a gradient of its own. Intermediates of `forward` are freed at once. Tensors for the gradient must go to `save`, inputs
 * too.
 */
export function composite(
  tf: Tf,
  inputs: readonly Tensor[],
  forward: (save: (tensors: Tensor[]) => void) => Composite,
): Tensor {
  const differentiable = tf.customGrad((...given) => {
    const save = given.at(-1) as (tensors: Tensor[]) => void;
    const { value, gradient } = forward(save);
    return {
      value,
      gradFunc: (incoming: Tensor, saved: Tensor[]) => gradient(incoming, saved),
    };
  });
  return differentiable(...inputs);
}

/** The values of a tensor, which is freed. */
export async function takeFloats(tensor: Tensor): Promise<Float32Array> {
  const values = await tensor.data<'float32'>();
  tensor.dispose();
  return values;
}
