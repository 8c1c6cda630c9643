/** Reads files of a model folder, with one kind of error. */
import { readFile } from 'node:fs/promises';
import { LociError, messageOf } from '@loci/core';

/** The beginning of the small text files that git leaves in place of large ones without its extension LFS. Source: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
export const LFS_POINTER = 'version https://git-lfs.github.com/spec/';

/** The problem with such a file, and the way out, in an error. */
export const LFS_ADVICE =
  'is a pointer of git-lfs, not the file itself: run `git lfs pull` in its folder, or download it again';

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
 * @throws LociError `model-file` when it is not valid JSON.
 */
export async function readModelJson(file: string): Promise<unknown> {
  const text = await readModelText(file);
  if (text === undefined) return undefined;
  if (text.startsWith(LFS_POINTER)) throw new LociError('model-file', `${file} ${LFS_ADVICE}`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LociError('model-file', `${file} is not valid JSON: ${messageOf(cause)}`, { cause });
  }
}
