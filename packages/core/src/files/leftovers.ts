/**
 * Removes leftovers of killed processes, by the names that `writeFileWhole`, `writeFileAtomically` and `writeFolderWhole` use. Call it only
 * while holding the lock of the folder, because a running writer needs these files.
 */
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { writingTo } from './write-error.ts';

/** Names of a folder that was being written, or set aside for a new one: `step-000010.4711.tmp`, `step-000010.4711.old`. */
const FOLDER_BESIDE = /^(?<name>.+)\.\d+\.(?<kind>tmp|old)$/;

/**
 * Removes leftovers beside one folder of `writeFolderWhole`. A folder that was set aside is put back when it is the only complete one.
 *
 * @throws LociError `not-writable`.
 */
export function mendFolder(directory: string): void {
  const target = resolve(directory);
  const isOfTarget = (name: string) =>
    FOLDER_BESIDE.exec(name)?.groups?.['name'] === basename(target);
  mend(dirname(target), isOfTarget);
}

/**
 * Does the same as `mendFolder` for all folders in `parent`.
 *
 * @throws LociError `not-writable`.
 */
export function mendFolders(parent: string): void {
  mend(parent, (name) => FOLDER_BESIDE.test(name));
}

function mend(parent: string, isOfOurs: (name: string) => boolean): void {
  if (!existsSync(parent)) return;
  for (const found of readdirSync(parent).filter(isOfOurs)) {
    const { name, kind } = FOLDER_BESIDE.exec(found)!.groups!;
    const [path, whole] = [join(parent, found), join(parent, name!)];
    writingTo(path, () => {
      if (kind === 'old' && !existsSync(whole)) renameSync(path, whole);
      else rmSync(path, { recursive: true });
    });
  }
}

/**
 * Removes half-written files in a folder and below.
 *
 * @throws LociError `not-writable`.
 */
export function removeHalfFiles(directory: string): void {
  if (!existsSync(directory)) return;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      removeHalfFiles(path);
    } else if (entry.name.endsWith('.tmp')) {
      writingTo(path, () => rmSync(path, { force: true }));
    }
  }
}
