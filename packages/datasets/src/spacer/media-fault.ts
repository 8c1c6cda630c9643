/** Finds faults of media files without decoding them. */
import { readFileSync, statSync } from 'node:fs';
import { messageOf } from '@loci/core';

/** The fault of a missing file. */
export const IS_MISSING = 'is missing';

/** A pointer of git-lfs is shorter. */
const SHORTEST_MEDIA_BYTES = 256;
const LFS_POINTER = 'version https://git-lfs.github.com/spec/';

/** Why a file cannot be a video or an image; undefined when it may be one. Only tiny files are read. */
export function mediaFault(file: string): string | undefined {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined) return IS_MISSING;
    if (!found.isFile()) return 'is a folder';
    if (found.size === 0) return 'is an empty file';
    if (found.size > SHORTEST_MEDIA_BYTES) return undefined;
    return readFileSync(file, 'latin1').startsWith(LFS_POINTER)
      ? 'is a pointer of git-lfs, not the file itself: run `git lfs pull` in its folder'
      : undefined;
  } catch (error) {
    return `cannot be read: ${messageOf(error)}`;
  }
}
