/** Lays out the trained parameters of a model in one flat array, so that the optimizer works on a single tensor. */
import type { TunedModel } from '../models/spec/model.ts';
import type { ModelParameters, ParameterSpec } from '../models/spec/weights.ts';
import { splitParameters } from '../models/tuned-model.ts';
import { sizeOf } from '../ops/shape.ts';

/** The place of a parameter in the flat array. */
export interface ArenaEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
}

/** Places of the trained parameters. */
export interface ParameterArena {
  readonly entries: readonly ArenaEntry[];
  /** Elements in all. */
  readonly size: number;
  /** The frozen parameters, each an array of its own: together they may exceed the limit of one array. */
  readonly frozen: readonly ParameterSpec[];
  /** Elements of the frozen parameters in all. */
  readonly frozenSize: number;
  /** The parameters of the model's checkpoint, trained or not. */
  readonly published: ModelParameters;
}

/** The segments of an array in arena order, by the name of their parameter. */
export function slicesByName(
  flat: Float32Array,
  { entries }: ParameterArena,
): ReadonlyMap<string, Float32Array> {
  return new Map(
    entries.map(({ name, offset, size }) => [name, flat.subarray(offset, offset + size)]),
  );
}

/** The layout of a model's parameters. */
export function parameterArena(tuned: TunedModel): ParameterArena {
  const { trained, frozen } = splitParameters(tuned);
  let size = 0;
  const entries = trained.map(({ name, shape }) => {
    const entry = { name, shape, offset: size, size: sizeOf(shape) };
    size += entry.size;
    return entry;
  });
  const frozenSize = frozen.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return { entries, size, frozen, frozenSize, published: tuned.model.parameters };
}
