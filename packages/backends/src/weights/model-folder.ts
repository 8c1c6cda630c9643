/** Reads and writes model folders in Hugging Face layout, on request with the optimizer's moments beside the weights. */
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

/** The optimizer's state, each array as long as the parameter arena. */
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

/** The optimizer's state that a folder holds, if it does. @throws LociError `checkpoint-unreadable`, `checkpoint-mismatch`. */
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
      throw new LociError('checkpoint-mismatch', `${file} does not state the number of updates`);
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

/** The contents for `writeModelFolder`. */
export interface ModelFolder {
  readonly model: Model;
  readonly arena: ParameterArena;
  /** The trained weights, in arena order. */
  readonly weights: Float32Array;
  readonly moments?: Moments;
  /** Folder to copy the tokenizer, template, preprocessing files and untrained weights from. */
  readonly companions: string;
}

/**
 * Writes a model folder, whole or not at all, and replaces an existing one.
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

/** Writes the optimizer's state into a folder. */
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
 * Files of a model folder that are not copied: configuration and weights, which are written anew, and the state of the run that made it,
 * which would make the copy pass for a complete checkpoint of that run.
 */
const LEFT = /^(config|trainer-state)\.json$|safetensors|\.tmp$/;

/**
 * Copies the files of a folder and resolves links: caches of Hugging Face consist of links.
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

/** The facts of a path; undefined where nothing exists. */
async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
