/** Passes the weights of a model from its folder to an engine, the frozen ones one at a time. */
import { openModelCheckpoint } from './checkpoint-fit.ts';
import type { ParameterArena } from './parameter-arena.ts';

/** A parameter that is not trained. */
export interface FrozenWeight {
  readonly name: string;
  readonly shape: readonly number[];
  /** Its own array, which the receiver may keep or transfer. */
  readonly data: Float32Array;
}

/** The start weights of an engine. */
export interface ModelWeights {
  /** In arena order. */
  readonly trained: Float32Array;
  /** The frozen ones, one after another; absent when there are none. */
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
