/** Saves and loads the trained weights of a policy as whole model folders, or as adapters of one. */
import { LociError } from '@loci/core';
import type { TunedModel } from '../models/spec/model.ts';
import { openModelCheckpoint } from './checkpoint-fit.ts';
import { readModelWeights, writeModelFolder } from './model-folder.ts';
import type { Moments } from './model-folder.ts';
import { frozenWeights } from './model-weights.ts';
import { isAdapterFolder } from './adapter-folder-file.ts';
import { parameterArena } from './parameter-arena.ts';

/** The contents of a checkpoint. */
export interface StoredWeights {
  /** In arena order. */
  readonly weights: Float32Array;
  readonly moments?: Moments;
}

/** Reads and writes the checkpoints of a policy. */
export interface WeightStore {
  /** Writes a folder. It appears whole or not at all. @throws LociError `disk-full` or `not-writable`. */
  save(directory: string, weights: Float32Array, moments?: Moments): Promise<void>;
  /** Reads what `save` wrote, by this or another policy. @throws LociError where it does not fit. */
  load(directory: string): Promise<StoredWeights>;
}

/** Saves whole models. @param base folder of the start model, which the untrained weights come from. */
export function modelStore(tuned: TunedModel, base: string): WeightStore {
  const arena = parameterArena(tuned);
  return {
    save: (directory, weights, moments) =>
      writeModelFolder(directory, {
        model: tuned.model,
        arena,
        weights,
        companions: base,
        ...(moments ? { moments } : {}),
      }),
    async load(directory) {
      if (await isAdapterFolder(directory)) {
        throw new LociError(
          'checkpoint-mismatch',
          `${directory} holds an adapter, but this run trains the model itself; start from the adapter with policy.lora.adapter`,
        );
      }
      const stored = await readModelWeights(directory, arena);
      await refuseOtherFrozen(directory, base, tuned);
      return stored;
    },
  };
}

/** Rejects checkpoints with other frozen weights, which policy and reference share in memory. */
async function refuseOtherFrozen(
  directory: string,
  base: string,
  tuned: TunedModel,
): Promise<void> {
  const arena = parameterArena(tuned);
  if (arena.frozen.length === 0) return;
  const checkpoint = await openModelCheckpoint(directory, arena.published);
  try {
    for await (const { name, data } of frozenWeights(base, arena)) {
      const other = await checkpoint.readFloats(name);
      if (data.every((value, index) => Object.is(value, other[index]))) continue;
      throw new LociError(
        'checkpoint-mismatch',
        `${directory}: "${name}" differs from that of ${base}, but this run does not train it; start from that folder instead (policy.model), or train everything`,
      );
    }
  } finally {
    await checkpoint.close();
  }
}
