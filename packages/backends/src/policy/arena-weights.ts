/** Reads and writes the flat parameter array as checkpoint tensors. */
import type { Checkpoint } from '../model/safetensors.ts';
import type { TensorToWrite } from '../model/safetensors-write.ts';
import { checkTensors } from './checkpoint-fit.ts';
import type { ParameterArena } from './parameter-arena.ts';

/**
 * The parameters of a checkpoint in arena order, read one after another into their places.
 *
 * @param prefix put before each published name, as the optimiser's moments are stored.
 * @throws LociError `checkpoint-mismatch` naming every tensor that is missing or has another shape.
 */
export async function readArena(
  checkpoint: Checkpoint,
  { entries, size }: ParameterArena,
  prefix = '',
): Promise<Float32Array> {
  checkTensors(checkpoint, entries, prefix);
  const flat = new Float32Array(size);
  for (const entry of entries) {
    const place = flat.subarray(entry.offset, entry.offset + entry.size);
    await checkpoint.readFloats(prefix + entry.name, place);
  }
  return flat;
}

/** The flat array as tensors to write. */
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
