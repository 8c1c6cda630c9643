/** Finds the files of a benchmark in the folder that its user unpacked, and says what is missing and where to get it. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LociError } from '@loci/core';

/** A file or folder that a benchmark cannot do without. */
export interface NeededPath {
  /** Places where it may be, relative to the folder, the usual one first; `*` in a file's name stands for anything. */
  readonly places: readonly string[];
  /** What it holds, `the questions`. */
  readonly holds: string;
  /** How it is made from what the hub has, `unpack arkitscenes.zip`. */
  readonly how: string;
}

/** Where a benchmark comes from. */
export interface Origin {
  readonly benchmark: string;
  /** On the hub, `nyu-visionx/VSI-Bench`. */
  readonly repository: string;
  /** A condition of access, where there is one. */
  readonly note?: string;
}

/** What a pattern matches in a folder, in the order of the alphabet; none when nothing does. */
export function matchFiles(folder: string, pattern: string): readonly string[] {
  const pieces = pattern.split('/');
  const name = pieces.pop()!;
  const directory = join(folder, ...pieces);
  if (!name.includes('*')) return existsSync(join(directory, name)) ? [join(directory, name)] : [];
  if (!isFolder(directory)) return [];
  const [before = '', after = ''] = name.split('*');
  return readdirSync(directory)
    .filter((file) => file.startsWith(before) && file.endsWith(after))
    .filter((file) => file.length >= before.length + after.length)
    .sort()
    .map((file) => join(directory, file));
}

/** The files of the first place that has some. */
export function locate(folder: string, places: readonly string[]): readonly string[] {
  for (const place of places) {
    const files = matchFiles(folder, place);
    if (files.length > 0) return files;
  }
  return [];
}

/**
 * Checks that a folder has what a benchmark needs, before anything is read.
 *
 * @throws LociError `benchmark-layout` naming everything that is missing, what makes it, and where it is to be had.
 */
export function checkLayout(folder: string, needed: readonly NeededPath[], origin: Origin): void {
  const missing = missingIn(folder, needed);
  if (missing.length === 0) return;
  const exists = existsSync(folder);
  if (exists && !isFolder(folder)) {
    throw new LociError(
      'benchmark-layout',
      `${folder} is a file, and ${origin.benchmark} is read from the folder that holds all of it`,
    );
  }
  const meant = nearby(folder).find((other) => missingIn(other, needed).length === 0);
  const lines = missing.map(({ places, holds, how }) => {
    const [usual, ...others] = places;
    const elsewhere = others.length === 0 ? '' : ` (or ${others.join(', ')})`;
    return `  ${usual}${elsewhere}: ${holds}; ${how}`;
  });
  throw new LociError(
    'benchmark-layout',
    [
      exists
        ? `${folder} is not the folder of ${origin.benchmark}: it lacks`
        : `There is no folder ${folder}; ${origin.benchmark} needs one with`,
      ...lines,
      ...(meant === undefined ? [] : [`${meant} has all of it: did you mean that one?`]),
      `Get them with: hf download ${origin.repository} --repo-type dataset --local-dir ${folder}`,
      ...(origin.note === undefined ? [] : [origin.note]),
    ].join('\n'),
  );
}

function missingIn(folder: string, needed: readonly NeededPath[]): readonly NeededPath[] {
  return needed.filter(({ places }) => locate(folder, places).length === 0);
}

/** The folder above, and those within. */
function nearby(folder: string): readonly string[] {
  const within = isFolder(folder)
    ? readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? [join(folder, entry.name)] : [],
      )
    : [];
  return [dirname(folder), ...within.sort()];
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
