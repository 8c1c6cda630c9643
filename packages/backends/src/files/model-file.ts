/** JSON files of a model folder, with one kind of error. */
import { readFile } from 'node:fs/promises';
import { LociError, messageOf } from '@loci/core';
import { LFS_ADVICE, LFS_POINTER } from './lfs-pointer.ts';

/**
 * Reads a text file of a model folder.
 *
 * @returns nothing when there is no such file.
 * @throws LociError `model-file` when there is one and it cannot be read.
 */
export async function readModelText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new LociError('model-file', `${file}: ${messageOf(cause)}`, { cause });
  }
}

/**
 * Reads a JSON file of a model folder.
 *
 * @returns nothing when there is no such file.
 * @throws LociError `model-file` when it is no JSON.
 */
export async function readModelJson(file: string): Promise<unknown> {
  const text = await readModelText(file);
  if (text === undefined) return undefined;
  if (text.startsWith(LFS_POINTER)) throw new LociError('model-file', `${file} ${LFS_ADVICE}`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LociError('model-file', `${file} is no JSON: ${messageOf(cause)}`, { cause });
  }
}
