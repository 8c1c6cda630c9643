/** Resolves the paths in a stored run's config after its folder was moved, alone or with data and models. */
import { existsSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { readPlaces, relocated, typedPath } from '@loci/core';
import type { RunConfig } from '@loci/core';

/** How to resolve the paths of a stored run's config. */
export interface RunSituation {
  /** Folder that its relative paths start from. */
  readonly baseDirectory: string;
  /** The config with absolute paths changed to where the files are now. */
  relocate(config: RunConfig): RunConfig;
}

/**
 * Finds the base folder of a stored run. A run that was not moved keeps its own. For a moved run the candidates are the user's folder, the
 * folder with the same position relative to the run, and the old one; the one with most files of the config wins.
 *
 * @param config as the run stored it.
 */
export function situationOf(
  runDirectory: string,
  config: RunConfig,
  userDirectory: string,
): RunSituation {
  const places = readPlaces(runDirectory);
  const [last] = places;
  const relocate = (value: string): string => {
    const [, path, name = ''] = /^(.*?)(#[\w-]+)?$/su.exec(value)!;
    return `${relocated(path!, runDirectory, places)}${name}`;
  };
  return {
    baseDirectory: last === undefined ? userDirectory : base(),
    relocate: (read) => mapStrings(read, relocate),
  };

  function base(): string {
    const { run, base: earlier } = last!;
    if (run === resolve(runDirectory)) return existsSync(earlier) ? earlier : userDirectory;
    const candidates = [userDirectory, resolve(runDirectory, relative(run, earlier)), earlier];
    const named = relativeStrings(config);
    const found = candidates.map(
      (candidate) => named.filter((path) => existsSync(typedPath(path, candidate))).length,
    );
    return candidates[found.indexOf(Math.max(...found))]!;
  }
}

/** Every value of the config that may be a relative path. */
function relativeStrings(config: RunConfig): readonly string[] {
  const found: string[] = [];
  mapStrings(config, (value, key) => {
    if (key !== 'use' && value !== '' && !isAbsolute(value)) found.push(value);
    return value;
  });
  return found;
}

function mapStrings<Value>(value: Value, change: (text: string, key: string) => string): Value {
  const walk = (one: unknown, key: string): unknown => {
    if (typeof one === 'string') return change(one, key);
    if (Array.isArray(one)) return one.map((entry: unknown) => walk(entry, key));
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(
      Object.entries(one).map(([name, entry]) => [name, walk(entry, name)]),
    );
  };
  return walk(value, '') as Value;
}
