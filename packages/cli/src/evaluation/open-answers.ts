/** The folder in which an evaluation keeps its answers. */
import { join } from 'node:path';
import { EvaluationStore, LociError, findUnfinished } from '@loci/core';
import type { Benchmark, EvaluationRecord } from '@loci/core';
import type { EvaluateFlags } from '../flags.ts';
import type { Io } from '../io.ts';
import { nextRunDirectory } from '../paths.ts';
import type { Progress } from '../render/progress.ts';
import { outFolder } from '../written-paths.ts';

/** Folders that are tried before the holder of the last one is named. */
const MOST_FOLDERS = 20;

/**
 * The folder that was named, else that of the same command when it did not come to its end, else a new one. A new one that another process
 * takes at the same moment is left to it.
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
        progress.line(`goes on with the answers in ${unfinished} (--out takes another folder)`);
      }
      return store;
    } catch (thrown) {
      const isTaken = LociError.is(thrown) && thrown.code === 'folder-in-use';
      if (!isTaken || attempt === MOST_FOLDERS) throw thrown;
    }
  }
}

/** What Ctrl-C ends with. */
export function stoppedIn(directory: string): LociError {
  return new LociError(
    'stopped',
    `Stopped before the end, as asked. The answers are kept in ${directory}: the same command goes on from there`,
  );
}
