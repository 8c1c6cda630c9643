/** Loads a checkpoint after checking its files. The error of a damaged one names the fault and how to resume from an older one. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LociError, messageOf } from '../../errors/loci-error.ts';
import type { Policy } from '../../spec/index.ts';
import { isStepFolder, stepOf } from './step-folder.ts';

/** A checkpoint to load. */
export interface ListedCheckpoint {
  readonly directory: string;
  /** Bytes of each file that was saved, by its path; absent from checkpoints of older versions. */
  readonly files?: Readonly<Record<string, number>> | undefined;
}

/** Bytes of every file below a folder, by its path with slashes. */
export function filesOf(directory: string, within = ''): Readonly<Record<string, number>> {
  const files: Record<string, number> = {};
  for (const entry of readdirSync(join(directory, within), { withFileTypes: true })) {
    const path = within === '' ? entry.name : `${within}/${entry.name}`;
    if (entry.isDirectory()) Object.assign(files, filesOf(directory, path));
    else files[path] = statSync(join(directory, path)).size;
  }
  return files;
}

/**
 * Loads policy and optimizer from a checkpoint.
 *
 * @param folder Of all checkpoints of the run.
 * @throws LociError `checkpoint-corrupt` when a file is missing, cut short or unreadable.
 */
export async function loadWhole(
  policy: Policy,
  { directory, files = {} }: ListedCheckpoint,
  folder: string,
): Promise<void> {
  for (const [path, bytes] of Object.entries(files)) {
    const file = join(directory, path);
    if (!existsSync(file)) throw damaged(directory, folder, `${path} is missing`);
    const { size } = statSync(file);
    if (size === bytes) continue;
    throw damaged(directory, folder, `${path} has ${size} bytes, but was saved with ${bytes}`);
  }
  try {
    await policy.load(directory);
  } catch (thrown) {
    if (!LociError.is(thrown) || !thrown.code.startsWith('checkpoint-')) throw thrown;
    throw damaged(directory, folder, messageOf(thrown), thrown);
  }
}

/** The error of a damaged checkpoint, with its remedy. */
export function damaged(
  directory: string,
  folder: string,
  reason: string,
  cause?: unknown,
): LociError {
  const run = dirname(folder);
  const older = olderThan(basename(directory), folder);
  const remedy =
    older === undefined
      ? 'the run has no older checkpoint; restore the folder from a copy, or remove it to start the run from step 0'
      : `to resume from the older ${older}, remove the damaged folder and resume again: rm -r ${directory} and --resume ${run}`;
  return new LociError(
    'checkpoint-corrupt',
    `The checkpoint ${directory} is damaged, so the run cannot resume from it: ${reason}; ${remedy}`,
    { cause },
  );
}

/** The newest finished checkpoint before one. */
function olderThan(name: string, folder: string): string | undefined {
  return readdirSync(folder)
    .filter((other) => isStepFolder(other) && stepOf(other) < stepOf(name))
    .filter((other) => existsSync(join(folder, other, 'trainer-state.json')))
    .sort((a, b) => stepOf(a) - stepOf(b))
    .at(-1);
}
