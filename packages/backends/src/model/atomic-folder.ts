/** Folders that appear whole or not at all, also when the process is killed or the disk is full. */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { writeError } from '@loci/core';

/**
 * Makes a folder beside its place, flushes it and renames it into place; what was there before is replaced.
 *
 * @param fill writes the files, into the folder that it is given.
 * @throws LociError `disk-full` or `not-writable`, and what `fill` throws; the target is then what it was before.
 */
export async function writeFolderAtomically(
  directory: string,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  const target = resolve(directory);
  const [temporary, previous] = [`${target}.${process.pid}.tmp`, `${target}.${process.pid}.old`];
  try {
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true });
    await fill(temporary);
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
