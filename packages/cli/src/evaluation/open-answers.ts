/** Opens the folder in which an evaluation keeps its answers. */
import { join } from 'node:path';
import { EvaluationStore, LociError, findUnfinished } from '@loci/core';
import type { Benchmark, EvaluationRecord } from '@loci/core';
import type { EvaluateFlags } from '../flags.ts';
import type { Io } from '../io.ts';
import { nextRunDirectory } from '../paths.ts';
import type { Progress } from '../render/progress.ts';
import { outFolder } from '../written-paths.ts';

/** Folders to try before the error of the last one is thrown. */
const MOST_FOLDERS = 20;

/**
 * Opens the named folder, else the unfinished one of the same command, else a new one. When another process takes the new folder first, the
 * next folder is tried.
 *
 * @throws LociError `folder-in-use` and those of the disk.
 */
export function openAnswers(
  record: EvaluationRecord,
  benchmark: Benchmark,
  { out }: Pick<EvaluateFlags, 'out'>,
  { userDirectory }: Io,
  progress: Progress,
): EvaluationStore {
  if (out !== undefined) return EvaluationStore.open(outFolder(out, userDirectory), record);
  const root = join(userDirectory, 'runs', benchmark.name);
  for (let attempt = 1; ; attempt++) {
    const unfinished = findUnfinished(root, record);
    try {
      const directory = unfinished ?? nextRunDirectory(root, new Date());
      const store = EvaluationStore.open(directory, record);
      if (unfinished !== undefined) {
        progress.line(`continues the answers in ${unfinished} (--out takes another folder)`);
      }
      return store;
    } catch (thrown) {
      const isTaken = LociError.is(thrown) && thrown.code === 'folder-in-use';
      if (!isTaken || attempt === MOST_FOLDERS) throw thrown;
    }
  }
}

/** The error after Ctrl-C. */
export function stoppedIn(directory: string): LociError {
  return new LociError(
    'stopped',
    `Stopped before the end, on request. The answers are kept in ${directory}: the same command continues from there`,
  );
}
