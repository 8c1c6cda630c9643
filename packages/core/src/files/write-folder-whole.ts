import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { flush } from './flush.ts';
import { writeError } from './write-error.ts';

/**
 * Writes a folder completely or not at all, also across a power cut: fills a folder beside it, flushes it and renames it. An existing folder
 * is replaced.
 *
 * @param fill Writes the files into the given folder.
 * @throws LociError `disk-full`, `not-writable`; an existing folder then stays.
 * @example await writeFolderWhole('checkpoints/step-10', (folder) => writeFile(join(folder, 'table.json'), text));
 */
export async function writeFolderWhole(
  directory: string,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const target = resolve(directory);
  const [beside, previous] = [`${target}.${process.pid}.tmp`, `${target}.${process.pid}.old`];
  try {
    await rm(beside, { recursive: true, force: true });
    await mkdir(beside, { recursive: true });
    await fill(beside);
    for (const name of await readdir(beside)) await flush(join(beside, name));
    await flush(beside);
    await rename(target, previous).catch(ignoreMissing);
    await rename(beside, target);
    await flush(dirname(target));
    await rm(previous, { recursive: true, force: true });
  } catch (thrown) {
    await rm(beside, { recursive: true, force: true }).catch(() => undefined);
    await rename(previous, target).catch(() => undefined);
    throw writeError(target, thrown);
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
