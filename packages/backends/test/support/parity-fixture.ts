/** The parity fixture lies beside the repository, not in it; tests that need it are skipped where it is absent. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe } from '@jest/globals';

const repository = resolve(import.meta.dirname, '../../../..');

/** Folder of reference material handed out beside the repository. */
export const referenceFolder = resolve(repository, '../shared/reference');

/** The tiny random Qwen2.5-VL with its reference results. */
export const parityFolder = resolve(referenceFolder, 'qwen2_5_vl_tiny');

/** `describe`, or a skip with its reason printed when the folder is not there. */
export function describeWith(folder: string): typeof describe | typeof describe.skip {
  if (existsSync(folder)) return describe;
  process.stderr.write(`skipped: ${folder} is not there\n`);
  return describe.skip;
}
