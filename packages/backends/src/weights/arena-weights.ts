/** Converts the flat parameter array from and to checkpoint tensors. */
import { LociError } from '@loci/core';
import type { Checkpoint } from './safetensors.ts';
import type { TensorToWrite } from './safetensors-write.ts';
import { checkTensors } from './checkpoint-fit.ts';
import type { ParameterArena } from './parameter-arena.ts';

/** Elements of the longest typed array of Node 20. */
const MOST_TRAINED = 2 ** 32 - 1;

/**
 * The parameters of a checkpoint in arena order, read one after another into their places.
 *
 * @param prefix put before each published name, as for the optimizer's moments.
 * @throws LociError `checkpoint-mismatch` naming every tensor that is missing or has another shape, `too-many-trained`.
 */
export async function readArena(
  checkpoint: Checkpoint,
  { entries, size }: ParameterArena,
  prefix = '',
): Promise<Float32Array> {
  checkTensors(checkpoint, entries, prefix);
  if (size > MOST_TRAINED) {
    throw new LociError(
      'too-many-trained',
      `this would train ${size} parameters, more than the limit of ${MOST_TRAINED}: train low-rank factors instead (policy.lora)`,
    );
  }
  const flat = new Float32Array(size);
  for (const entry of entries) {
    const place = flat.subarray(entry.offset, entry.offset + entry.size);
    await checkpoint.readFloats(prefix + entry.name, place);
  }
  return flat;
}

/** The flat array as tensors of a checkpoint. */
export function arenaTensors(
  flat: Float32Array,
  { entries }: ParameterArena,
  prefix = '',
): TensorToWrite[] {
  return entries.map(({ name, shape, offset, size }) => ({
    name: prefix + name,
    shape,
    data: flat.subarray(offset, offset + size),
  }));
}
