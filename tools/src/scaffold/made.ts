/** The files that a scaffold makes. All are written, or none when one cannot be. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { LociError } from '@loci/core';
import type { TypeFolders } from './reward-texts.ts';

/** The files that were made, and the next steps. */
export interface Made {
  /** Absolute paths. */
  readonly written: readonly string[];
  readonly changed: readonly string[];
  /** Commands, to be typed in the root of the workspace. */
  readonly next: readonly string[];
}

/** The text that is printed of it; paths start at `from` where they lie below it. */
export function describeMade({ written, changed, next }: Made, from: string): string {
  const shown = (path: string): string => {
    const short = relative(from, path);
    return short.startsWith('../..') ? path : short;
  };
  const lines = [
    ...written.map((path) => ['made', shown(path)]),
    ...changed.map((path) => ['changed', shown(path)]),
    ...next.map((command, index) => [index === 0 ? 'go on with' : '', command]),
  ] as const;
  return lines.map(([what = '', value = '']) => `${what.padEnd(11)}${value}`).join('\n');
}

/** Undefined where the folder finds `@loci/core` by itself: inside the workspace, or installed from npm. */
export function typeFolders(folder: string, root: string): TypeFolders | undefined {
  try {
    createRequire(join(folder, 'here.js')).resolve('@loci/core');
    return undefined;
  } catch {
    return { core: join(root, 'packages/core/dist'), nodeModules: join(root, 'node_modules') };
  }
}

/** @throws LociError `scaffold-exists`. */
export function refuseExisting(files: readonly string[]): void {
  for (const file of files) {
    if (!existsSync(file)) continue;
    throw new LociError('scaffold-exists', `${file} exists already; choose another name`);
  }
}

/** Writes files, with their folders. */
export function write(files: readonly (readonly [path: string, text: string])[]): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
