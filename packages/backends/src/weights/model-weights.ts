/** The weights of a model on their way from its folder to an engine: never more of the frozen ones at a time than one. */
import { openModelCheckpoint } from './checkpoint-fit.ts';
import type { ParameterArena } from './parameter-arena.ts';

/** A parameter that is not trained. */
export interface FrozenWeight {
  readonly name: string;
  readonly shape: readonly number[];
  /** Its own array, which may be kept or given away. */
  readonly data: Float32Array;
}

/** What an engine starts from. */
export interface ModelWeights {
  /** In arena order. */
  readonly trained: Float32Array;
  /** The others, one after another; absent when there are none. */
  readonly frozen?: AsyncIterable<FrozenWeight>;
}

/**
 * Reads the frozen parameters of a model folder one by one.
 *
 * @throws LociError `checkpoint-unreadable`, `checkpoint-mismatch`.
 */
export async function* frozenWeights(
  folder: string,
  { frozen, published }: ParameterArena,
): AsyncGenerator<FrozenWeight> {
  if (frozen.length === 0) return;
  const checkpoint = await openModelCheckpoint(folder, published);
  try {
    for (const { name, shape } of frozen) {
      yield { name, shape, data: await checkpoint.readFloats(name) };
    }
  } finally {
    await checkpoint.close();
  }
}
