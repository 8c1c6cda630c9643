/** Finds run folders: training runs have a `config.yaml`, evaluations an `evaluation.json`. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

/** A run folder. */
export interface FoundRun {
  readonly id: string;
  readonly name: string;
  readonly folder: string;
  readonly kind: 'training' | 'evaluation';
}

/** Levels of subfolders to search. */
const DEPTH = 3;
/** Folders to skip: they hold many files and no runs. */
const SKIPPED = new Set(['node_modules', 'checkpoints', 'evaluations', 'tensorboard', 'data']);

/** The runs in or below folders, each once. Missing and unreadable folders are skipped. */
export function findRuns(folders: readonly string[]): readonly FoundRun[] {
  const found = new Map<string, FoundRun>();
  for (const root of folders) {
    for (const { folder, kind } of below(root, DEPTH)) {
      const id = createHash('sha256').update(realPath(folder)).digest('hex').slice(0, 12);
      const name = relative(root, folder) || basename(folder);
      if (!found.has(id)) found.set(id, { id, name, folder, kind });
    }
  }
  return [...found.values()];
}

function below(folder: string, depth: number): readonly Pick<FoundRun, 'folder' | 'kind'>[] {
  if (existsSync(join(folder, 'config.yaml'))) return [{ folder, kind: 'training' }];
  if (existsSync(join(folder, 'evaluation.json'))) return [{ folder, kind: 'evaluation' }];
  if (depth === 0) return [];
  return foldersIn(folder)
    .filter((name) => !SKIPPED.has(name) && !name.startsWith('.'))
    .flatMap((name) => below(join(folder, name), depth - 1));
}

/** Names of the subfolders of a folder, in order; none of an unreadable folder. */
export function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .toSorted();
  } catch {
    return [];
  }
}

function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
