/** Resolves the paths that commands write to. In every command, `--out` names a folder and `--file` a file. */
import { statSync } from 'node:fs';
import { LociError } from '@loci/core';
import { resolveUserPath } from './paths.ts';

/**
 * The folder that `--out` names; it need not exist.
 *
 * @throws LociError `not-a-folder`.
 */
export function outFolder(typed: string, base: string): string {
  return namedFolder('--out', typed, base);
}

/**
 * The folder that a flag names; it need not exist.
 *
 * @throws LociError `not-a-folder`.
 */
export function namedFolder(flag: string, typed: string, base: string): string {
  const path = resolveUserPath(typed, base);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw new LociError(
      'not-a-folder',
      `${flag} names a folder, but ${path} is a file: name another`,
    );
  }
  return path;
}

/**
 * The file that a flag names, `--file` by default; it need not exist.
 *
 * @throws LociError `not-a-file`.
 */
export function outFile(typed: string, base: string, flag = '--file'): string {
  const path = resolveUserPath(typed, base);
  if (/[\\/]$/u.test(typed) || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new LociError(
      'not-a-file',
      `${flag} names a file, but ${path} is a folder: name a file in it`,
    );
  }
  return path;
}

/** The error of a command that writes one file and was given `--out`. */
export function outIsFolder(typed: string): LociError {
  return new LociError(
    'flag-misplaced',
    `--out names a folder, but this command writes one file: use --file ${typed}`,
  );
}
