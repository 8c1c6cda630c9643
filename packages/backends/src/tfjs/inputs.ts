/** Uploads model inputs to the device. */
import type { DeclareInput, HostTensors } from '../ops/host-tensor.ts';
import type { Tensor, Tf } from './tf.ts';

/** Uploads the inputs of a run; returns the function that declares them. Call it within a `tidy`. */
export function uploadInputs(tf: Tf, tensors: HostTensors): DeclareInput<Tensor> {
  const uploaded = new Map(
    Object.entries(tensors).map(([name, { shape, data }]) => [
      name,
      tf.tensor(data, [...shape], data instanceof Float32Array ? 'float32' : 'int32'),
    ]),
  );
  return (name) => uploaded.get(name)!;
}
