/** Resuming a run whose folder was moved, alone or with data and models: where the paths of its config lead now. */
import { existsSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { readPlaces, relocated, typedPath } from '@loci/core';
import type { RunConfig } from '@loci/core';

/** How the config of a stored run is to be read. */
export interface RunSituation {
  /** Where its relative paths start. */
  readonly baseDirectory: string;
  /** The config with the absolute paths that lead somewhere now. */
  relocate(config: RunConfig): RunConfig;
}

/**
 * Looks where a run lay and lies. One that lies where it lay starts its paths where it did. For a moved one that is the folder the person is
 * in, the one that lies to the run as the old one did, or the old one: whichever has most of what the config names.
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
