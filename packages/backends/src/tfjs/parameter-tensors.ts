/** Uploads the parameters of a model as tensors on the device, and reads them back. */
import type { FrozenWeight } from '../weights/model-weights.ts';
import type { ParameterArena } from '../weights/parameter-arena.ts';
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

/** Uploads the frozen parameters, one after another. */
export async function uploadFrozen(
  tf: Tf,
  weights: AsyncIterable<FrozenWeight> | undefined,
): Promise<ReadonlyMap<string, Tensor>> {
  const frozen = new Map<string, Tensor>();
  for await (const { name, shape, data } of weights ?? []) {
    frozen.set(name, tf.tensor(data, [...shape], 'float32'));
  }
  return frozen;
}

/** Parameters by name: trained ones from tensors in arena order, the others as they are. */
export function parametersOf(
  { entries }: ParameterArena,
  tensors: ParameterTensors,
  frozen: ReadonlyMap<string, Tensor>,
): (name: string) => Tensor {
  const places = new Map(entries.map(({ name }, index) => [name, index]));
  return (name) => frozen.get(name) ?? tensors[places.get(name)!]!;
}
