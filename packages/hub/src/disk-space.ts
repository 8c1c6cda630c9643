/** Checks the free space of a disk before anything is written. */
import { mkdir, statfs } from 'node:fs/promises';
import { LociError } from '@loci/core';
import { sizeText } from './sizes.ts';

/** Space to leave free: other programs write, too. */
const SPARE_BYTES = 256e6;

/**
 * Makes the folder, and compares the free space there with the space needed.
 *
 * @throws LociError `disk-full` where the files would not fit.
 */
export async function checkSpace(folder: string, bytes: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  const free = Number(bavail) * Number(bsize);
  if (free >= bytes + SPARE_BYTES) return;
  throw new LociError(
    'disk-full',
    `${sizeText(bytes)} are needed in ${folder}, and ${sizeText(free)} are free (${sizeText(SPARE_BYTES)} of them are left alone): ` +
      'free some space, or set HF_HOME to a folder on a larger disk',
  );
}
