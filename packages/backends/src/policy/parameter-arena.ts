/** All parameters of a model in one flat array, so that the optimiser works on a single tensor. */
import type { ModelConfig } from '../model/config.ts';
import { modelParameters } from '../model/qwen2-5-vl/parameters.ts';
import { sizeOf } from '../model/shape.ts';

/** Where a parameter lies in the flat array. */
export interface ArenaEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
}

/** Places of all parameters, in the order of `modelParameters`. */
export interface ParameterArena {
  readonly entries: readonly ArenaEntry[];
  /** Elements in all. */
  readonly size: number;
}

/** Lays the parameters of a model out. */
export function parameterArena(config: ModelConfig): ParameterArena {
  let size = 0;
  const entries = modelParameters(config).map(({ name, shape }) => {
    const entry = { name, shape, offset: size, size: sizeOf(shape) };
    size += entry.size;
    return entry;
  });
  return { entries, size };
}
