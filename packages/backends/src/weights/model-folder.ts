/** Model folders in Hugging Face layout, with the optimiser's moments beside the weights when asked for. */
import type { Stats } from 'node:fs';
import { chmod, copyFile, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LociError, writeFolderWhole } from '@loci/core';
import { writeModelConfig } from '../models/index.ts';
import type { Model } from '../models/spec/model.ts';
import { openCheckpoint } from './safetensors.ts';
import { writeCheckpoint } from './safetensors-write.ts';
import type { TensorToWrite } from './safetensors-write.ts';
import { openModelCheckpoint } from './checkpoint-fit.ts';
import { frozenWeights } from './model-weights.ts';
import type { ParameterArena } from './parameter-arena.ts';
import { arenaTensors, readArena } from './arena-weights.ts';

/** The optimiser's state, each array as long as the parameter arena. */
export interface Moments {
  readonly mean: Float32Array;
  readonly square: Float32Array;
  /** Updates applied. */
  readonly step: number;
}

const OPTIMIZER_FILE = 'optimizer.safetensors';
const [MEAN, SQUARE] = ['mean.', 'square.'];

/**
 * Reads the weights of a model folder, and its moments where it has them.
 *
 * @throws LociError `checkpoint-unreadable`, `checkpoint-mismatch`.
 */
export async function readModelWeights(
  folder: string,
  arena: ParameterArena,
): Promise<{ readonly weights: Float32Array; readonly moments?: Moments }> {
  const checkpoint = await openModelCheckpoint(folder, arena.published);
  try {
    const weights = await readArena(checkpoint, arena);
    const moments = await readMoments(folder, arena);
    return { weights, ...(moments ? { moments } : {}) };
  } finally {
    await checkpoint.close();
  }
}

/** The optimiser's state that a folder holds, if it does. @throws LociError `checkpoint-unreadable`, `checkpoint-mismatch`. */
export async function readMoments(
  folder: string,
  arena: ParameterArena,
): Promise<Moments | undefined> {
  const file = join(folder, OPTIMIZER_FILE);
  if (!(await statOf(file))) return undefined;
  const checkpoint = await openCheckpoint(file);
  try {
    const step = Number(checkpoint.metadata['step']);
    if (!Number.isInteger(step) || step < 0) {
      throw new LociError('checkpoint-mismatch', `${file} does not say how many steps were done`);
    }
    return {
      step,
      mean: await readArena(checkpoint, arena, MEAN),
      square: await readArena(checkpoint, arena, SQUARE),
    };
  } finally {
    await checkpoint.close();
  }
}

/** What `writeModelFolder` writes. */
export interface ModelFolder {
  readonly model: Model;
  readonly arena: ParameterArena;
  /** The trained weights, in arena order. */
  readonly weights: Float32Array;
  readonly moments?: Moments;
  /** Folder whose tokenizer, template and preprocessing files go along, and the weights that are not trained. */
  readonly companions: string;
}

/**
 * Writes a model folder, whole or not at all; what was there before is replaced.
 *
 * @throws LociError `disk-full` or `not-writable`; `checkpoint-unreadable` where frozen weights cannot be read again.
 */
export async function writeModelFolder(directory: string, folder: ModelFolder): Promise<void> {
  const { arena, weights, moments } = folder;
  const companions = resolve(folder.companions);
  await writeFolderWhole(directory, async (beside) => {
    await copyFiles(companions, beside, LEFT);
    await writeModelConfig(beside, folder.model);
    const tensors: TensorToWrite[] = arenaTensors(weights, arena);
    for await (const frozen of frozenWeights(companions, arena)) tensors.push(frozen);
    await writeCheckpoint(join(beside, 'model.safetensors'), tensors);
    if (moments) await writeMoments(beside, moments, arena);
  });
}

/** Writes the optimiser's state into a folder. */
export async function writeMoments(
  folder: string,
  { mean, square, step }: Moments,
  arena: ParameterArena,
): Promise<void> {
  await writeCheckpoint(
    join(folder, OPTIMIZER_FILE),
    [...arenaTensors(mean, arena, MEAN), ...arenaTensors(square, arena, SQUARE)],
    { step: String(step) },
  );
}

/**
 * What of a model folder does not go along: configuration and weights, which are written anew, and the state of the run that made
 * it, by which a checkpoint would pass for a complete one of that run.
 */
const LEFT = /^(config|trainer-state)\.json$|safetensors|\.tmp$/;

/**
 * Copies the files of a folder, those behind links too: caches of Hugging Face consist of links.
 *
 * @param left names that stay behind.
 */
export async function copyFiles(from: string, to: string, left: RegExp): Promise<void> {
  for (const name of await readdir(from)) {
    if (left.test(name)) continue;
    const path = join(from, name);
    if (!(await statOf(path))?.isFile()) continue;
    await copyFile(path, join(to, name));
    // Caches keep their files read-only.
    await chmod(join(to, name), 0o644);
  }
}

/** What lies at a path; undefined where nothing does. */
async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
