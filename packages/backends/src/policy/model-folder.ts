/** Model folders in Hugging Face layout, with the optimiser's moments beside the weights when asked for. */
import { copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { LociError, writeError } from '@loci/core';
import { writeModelConfig } from '../model/config.ts';
import type { ModelConfig } from '../model/config.ts';
import { openCheckpoint } from '../model/safetensors.ts';
import { writeCheckpoint } from '../model/safetensors-write.ts';
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
  const checkpoint = await openCheckpoint(folder);
  try {
    const weights = await readArena(checkpoint, arena);
    const moments = await readMoments(join(folder, OPTIMIZER_FILE), arena);
    return { weights, ...(moments ? { moments } : {}) };
  } finally {
    await checkpoint.close();
  }
}

async function readMoments(file: string, arena: ParameterArena): Promise<Moments | undefined> {
  const exists = await stat(file).then(
    () => true,
    () => false,
  );
  if (!exists) return undefined;
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
  readonly config: ModelConfig;
  readonly arena: ParameterArena;
  readonly weights: Float32Array;
  readonly moments?: Moments;
  /** Folder whose tokenizer, template and preprocessing files go along. */
  readonly companions: string;
}

/**
 * Writes a model folder. It appears whole or not at all: it is made beside its place, flushed, and renamed; what was there
 * before is replaced.
 *
 * @throws LociError `disk-full` or `not-writable`.
 */
export async function writeModelFolder(directory: string, folder: ModelFolder): Promise<void> {
  const target = resolve(directory);
  const [temporary, previous] = [`${target}.${process.pid}.tmp`, `${target}.${process.pid}.old`];
  try {
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true });
    await copyCompanions(resolve(folder.companions), temporary);
    await writeModelConfig(temporary, folder.config);
    await writeCheckpoint(
      join(temporary, 'model.safetensors'),
      arenaTensors(folder.weights, folder.arena),
    );
    if (folder.moments) await writeMoments(temporary, folder.moments, folder.arena);
    await flush(temporary);
    await rename(target, previous).catch(ignoreMissing);
    await rename(temporary, target);
    await flush(dirname(target));
    await rm(previous, { recursive: true, force: true });
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true });
    throw writeError(target, cause);
  }
}

async function writeMoments(
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

/** Everything of a model folder but what is written anew: configuration and weights. */
async function copyCompanions(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const written = entry.name === 'config.json' || /safetensors/.test(entry.name);
    if (entry.isFile() && !written && !entry.name.endsWith('.tmp')) {
      await copyFile(join(from, entry.name), join(to, entry.name));
    }
  }
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
