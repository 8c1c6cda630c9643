/** Finds run folders that have jobs. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RECORD_FILE } from '@loci/cluster/jobs';

/** A grid holds runs one level below its own folder. */
const LEVELS = 2;

/** The folder itself, or those below it, in the order of their names. */
export function findJobRuns(folder: string, levels = LEVELS): readonly string[] {
  if (existsSync(join(folder, RECORD_FILE))) return [folder];
  if (levels === 0 || !existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .flatMap((name) => findJobRuns(join(folder, name), levels - 1));
}
