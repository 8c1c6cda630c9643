/** Rejects weights that are infinite or NaN: one of them makes every logit NaN. */
import type { Checkpoint } from './safetensors.ts';
import { unreadable } from './safetensors-header.ts';

/** The place of the first value that is infinite or NaN, or −1. */
export function firstNonFinite(values: Float32Array): number {
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (value - value !== 0) return index;
  }
  return -1;
}

/**
 * The same checkpoint; reading a tensor with infinite values or NaN fails.
 *
 * @param checkpoint its entries have the names that tensors are read by.
 */
export function withFiniteWeights(checkpoint: Checkpoint): Checkpoint {
  return {
    ...checkpoint,
    readFloats: async (name, target) => {
      const values = await checkpoint.readFloats(name, target);
      const place = firstNonFinite(values);
      if (place < 0) return values;
      const { file, name: stored, type } = checkpoint.entries.get(name)!;
      throw unreadable(
        file,
        `"${stored}" holds ${values[place]} (value ${place}, ${type}): these weights are damaged or overflowed where they were ` +
          'trained or converted; take another checkpoint',
      );
    },
  };
}
