/** Reads and writes the flat parameter array as checkpoint tensors. */
import { LociError } from '@loci/core';
import type { Checkpoint, TensorToWrite } from '../model/safetensors.ts';
import type { ParameterSpec } from '../model/qwen2-5-vl/parameters.ts';
import { sameShape } from '../model/shape.ts';
import type { ParameterArena } from './parameter-arena.ts';

/**
 * Holds the tensors of a checkpoint against what they should be.
 *
 * @param prefix put before each name.
 * @throws LociError `checkpoint-mismatch` naming every tensor that is missing or has another shape.
 */
export function checkTensors(
  checkpoint: Checkpoint,
  expected: readonly ParameterSpec[],
  prefix = '',
): void {
  const problems = expected.flatMap(({ name, shape }) => {
    const found = checkpoint.entries.get(prefix + name);
    if (!found) return [`"${prefix}${name}" is missing`];
    if (sameShape(found.shape, shape)) return [];
    return [
      `"${prefix}${name}" is [${found.shape.join(', ')}] and should be [${shape.join(', ')}]`,
    ];
  });
  if (problems.length === 0) return;
  const shown = problems.slice(0, 5).join('; ');
  const more = problems.length > 5 ? `; and ${problems.length - 5} more` : '';
  throw new LociError(
    'checkpoint-mismatch',
    `the checkpoint does not fit config.json: ${shown}${more}`,
    { details: { problems } },
  );
}

/**
 * The parameters of a checkpoint in arena order.
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
  for (const { name, offset } of entries)
    flat.set(await checkpoint.readFloats(prefix + name), offset);
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
