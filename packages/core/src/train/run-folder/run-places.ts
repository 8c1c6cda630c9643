/**
 * Where a run has lain. Files of a run name media and models by absolute paths; when its folder was moved, alone or with what it names,
 * they are found again by where they lay from there.
 */
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { writeFileWhole } from '../../files/atomic-file.ts';

/** Name of the file in the run folder. */
export const PLACES_FILE = 'places.json';

/** Where a run lay, and where relative paths of its config started; both absolute. */
export interface RunPlace {
  readonly run: string;
  readonly base: string;
}

const schema = z.array(z.object({ run: z.string(), base: z.string() }));

/** The places of a run, newest first; none for a run that kept none. */
export function readPlaces(runDirectory: string): readonly RunPlace[] {
  try {
    const text = readFileSync(join(runDirectory, PLACES_FILE), 'utf8');
    return schema.parse(JSON.parse(text));
  } catch {
    return [];
  }
}

/**
 * Keeps where a run lies now.
 *
 * @throws LociError `not-writable`, `disk-full`.
 */
export function notePlace(runDirectory: string, baseDirectory: string): void {
  const now = { run: resolve(runDirectory), base: resolve(baseDirectory) };
  const earlier = readPlaces(runDirectory).filter(
    ({ run, base }) => run !== now.run || base !== now.base,
  );
  const path = join(runDirectory, PLACES_FILE);
  writeFileWhole(path, `${JSON.stringify([now, ...earlier], undefined, 2)}\n`);
}

/**
 * An absolute path as it holds now: what is there stays as it is; what is not is looked for where it lay from the run.
 *
 * @param places of the run, newest first.
 * @example relocated('/old/data/a.mp4', '/new/runs/1', [{ run: '/old/runs/1', base: '/old' }]) // '/new/data/a.mp4'
 */
export function relocated(path: string, runDirectory: string, places: readonly RunPlace[]): string {
  if (!isAbsolute(path) || existsSync(path)) return path;
  const found = places
    .filter(({ run }) => run !== resolve(runDirectory))
    .map(({ run }) => resolve(runDirectory, relative(run, path)))
    .find((candidate) => existsSync(candidate));
  return found ?? path;
}
