/** Where files lie: what a person typed is meant from where they typed it, even when Nx has changed the folder. */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { typedPath } from '@loci/core';

/** The start model that comes with Loci. */
export const BUNDLED_START_MODEL = resolve(import.meta.dirname, '../assets/start-model');

/** The folder a person was in: npm and Nx keep it in `INIT_CWD` when they change to another. */
export function userDirectory(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  workingDirectory: string = process.cwd(),
): string {
  const initial = environment['INIT_CWD'];
  return initial === undefined || initial === '' ? workingDirectory : initial;
}

/** An absolute path for what a person typed, `~` included. */
export function resolveUserPath(typed: string, base: string = userDirectory()): string {
  return typedPath(typed, base);
}

/**
 * The first unused folder `<root>/<date>-<n>`, counted from 1: `runs/2026-11-21-3`. It is not created here.
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
