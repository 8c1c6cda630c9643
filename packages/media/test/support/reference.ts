/** Reference material lies beside the repository, not in it; tests that need it are skipped where it is absent. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe } from '@jest/globals';

/** Folder of reference material handed out beside the repository. */
export const referenceFolder = resolve(import.meta.dirname, '../../../../../shared/reference');

/** `describe`, or a skip with its reason printed when the folder is not there. */
export function describeWith(folder: string): typeof describe | typeof describe.skip {
  if (existsSync(folder)) return describe;
  process.stderr.write(`skipped: ${folder} is not there\n`);
  return describe.skip;
}
