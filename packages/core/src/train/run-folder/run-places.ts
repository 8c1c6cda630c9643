/**
 * The earlier locations of a run folder. Files of a run name media and models by absolute paths. When the folder was moved together with
 * them, their paths relative to an earlier location find them again.
 */
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { writeFileWhole } from '../../files/atomic-file.ts';

/** Name of the file in the run folder. */
export const PLACES_FILE = 'places.json';

/** A location of a run folder, and the base of the relative paths in its config; both absolute. */
export interface RunPlace {
  readonly run: string;
  readonly base: string;
}

const schema = z.array(z.object({ run: z.string(), base: z.string() }));

/** The locations of a run, newest first; none when the file is missing or damaged. */
export function readPlaces(runDirectory: string): readonly RunPlace[] {
  try {
    const text = readFileSync(join(runDirectory, PLACES_FILE), 'utf8');
    return schema.parse(JSON.parse(text));
  } catch {
    return [];
  }
}

/**
 * Records the current location of a run.
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
 * The current form of an absolute path. An existing path stays. A missing one is looked for at the same place relative to the run folder.
 *
 * @param places Of the run, newest first.
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
