/** The parameters of a model as tensors on the device. */
import type { Parameters } from '../model/qwen2-5-vl/parameters.ts';
import type { ParameterArena } from '../policy/parameter-arena.ts';
import type { Tensor, Tf } from './tf.ts';

/** Tensors in the order of an arena. */
export type ParameterTensors = readonly Tensor[];

/** Uploads weights in arena order. */
export function uploadParameters(
  tf: Tf,
  { entries }: ParameterArena,
  weights: Float32Array,
): ParameterTensors {
  return entries.map(({ shape, offset, size }) =>
    tf.tensor(weights.slice(offset, offset + size), [...shape], 'float32'),
  );
}

/** Reads parameters back in arena order. */
export async function downloadParameters(
  { entries, size }: ParameterArena,
  tensors: ParameterTensors,
): Promise<Float32Array> {
  const weights = new Float32Array(size);
  for (const [index, { offset }] of entries.entries()) {
    weights.set(await tensors[index]!.data<'float32'>(), offset);
  }
  return weights;
}

/** Parameters by name, from tensors in arena order. */
export function parametersOf(
  { entries }: ParameterArena,
  tensors: ParameterTensors,
): Parameters<Tensor> {
  const places = new Map(entries.map(({ name }, index) => [name, index]));
  return (name) => tensors[places.get(name)!]!;
}
