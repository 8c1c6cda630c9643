/** Resolves typed paths, and chooses folders for new runs. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { typedPath } from '@loci/core';
import { userDirectory } from './user-directory.ts';

/** The absolute path of a typed one; `~` is the home folder. */
export function resolveUserPath(typed: string, base: string = userDirectory()): string {
  return typedPath(typed, base);
}

/**
 * The next folder `<root>/<date>-<n>`, counted from 1: `runs/2026-11-21-3`. It is not created.
 */
export function nextRunDirectory(root: string, now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  const taken = existsSync(root) ? readdirSync(root) : [];
  const numbers = taken.flatMap((name) => {
    const match = /^(.+)-(\d+)$/.exec(name);
    return match?.[1] === day ? [Number(match[2])] : [];
  });
  return join(root, `${day}-${Math.max(0, ...numbers) + 1}`);
}
