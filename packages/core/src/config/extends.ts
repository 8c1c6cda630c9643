/**
 * Files that a config is laid over. `extends: base.yaml`, or a list of files, later ones over earlier ones; a relative path starts at the
 * folder of the file that says it. Keys that begin with `x-` are a person's own: a place for YAML anchors.
 */
import { realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LociError } from '../errors/loci-error.ts';
import { readVersion } from '../files/format-version.ts';
import { placeIn, readConfigFile } from './config-file.ts';
import type { ConfigFile } from './config-file.ts';
import { expandText } from './environment.ts';
import type { Environment } from './environment.ts';
import { typedPath } from './typed-path.ts';

/** Keys of a file that are no settings. */
export const FILE_KEYS = ['$schema', 'version', 'extends'] as const;

/** Begins every key that is a person's own. */
export const OWN_KEY_PREFIX = 'x-';

/** A file, and how it came to be read. */
export interface FileInChain extends ConfigFile {
  /** Files that led to it, the one that was named first. */
  readonly extendedBy: readonly string[];
  /** What it says of the run. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Version of the format that it is in; undefined in a file that a person wrote. */
  readonly version: number | undefined;
}

/**
 * A file and all that it extends, the lowest layer first.
 *
 * @throws LociError `config-unreadable`, `config-syntax`, `format-newer`, `config-invalid` for an `extends` that is none,
 * `config-circular` naming the files of the circle.
 */
export function readChain(
  path: string,
  environment: Environment,
  extendedBy: readonly string[] = [],
): readonly FileInChain[] {
  const file = readConfigFile(path);
  const { version, extends: bases, $schema: schema, ...content } = file.content;
  const format = version === undefined ? undefined : readVersion(version, 'config.yaml', path);
  if (schema !== undefined && typeof schema !== 'string') {
    throw invalid(file, ['$schema'], 'a schema is named by its file or address');
  }
  const settings = Object.fromEntries(
    Object.entries(content).filter(([key]) => !key.startsWith(OWN_KEY_PREFIX)),
  );
  const chain = [...extendedBy, path];
  const below = basesOf(file, bases, environment).flatMap(({ base, at }) => {
    const circle = circleOf(chain, base);
    if (circle !== undefined) {
      throw new LociError(
        'config-circular',
        `${placeText(file, at)}: extends: the files extend each other in a circle: ${circle.join(' → ')}; take one of the steps out`,
      );
    }
    return readBase(file, base, at, environment, chain);
  });
  return [...below, { ...file, extendedBy, settings, version: format }];
}

interface Base {
  readonly base: string;
  readonly at: readonly PropertyKey[];
}

function basesOf(file: ConfigFile, bases: unknown, environment: Environment): readonly Base[] {
  if (bases === undefined) return [];
  const isList = Array.isArray(bases);
  const list: readonly unknown[] = isList ? (bases as readonly unknown[]) : [bases];
  return list.map((base, index) => {
    const at = isList ? ['extends', index] : ['extends'];
    if (typeof base !== 'string' || base === '') {
      throw invalid(file, at, 'a file, or a list of files');
    }
    const { text, problem } = expandText(base, environment);
    if (problem !== undefined) throw invalid(file, at, problem);
    return { base: typedPath(text, dirname(resolve(file.path))), at };
  });
}

function readBase(
  file: ConfigFile,
  base: string,
  at: readonly PropertyKey[],
  environment: Environment,
  chain: readonly string[],
): readonly FileInChain[] {
  try {
    return readChain(base, environment, chain);
  } catch (thrown) {
    if (!LociError.is(thrown) || thrown.code !== 'config-unreadable') throw thrown;
    const message = `${placeText(file, at)}: extends: ${thrown.message}`;
    throw new LociError(thrown.code, message, { cause: thrown });
  }
}

/** The files from the first one that is read again; undefined when there is no circle. */
function circleOf(chain: readonly string[], base: string): readonly string[] | undefined {
  const start = chain.findIndex((path) => realPath(path) === realPath(base));
  return start < 0 ? undefined : [...chain.slice(start), base];
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function invalid(file: ConfigFile, at: readonly PropertyKey[], problem: string): LociError {
  return new LociError('config-invalid', `${placeText(file, at)}: ${at[0] as string}: ${problem}`);
}

/** A place of a file as people write it. */
export function placeText(file: ConfigFile, path: readonly PropertyKey[]): string {
  const { line, column } = placeIn(file, path);
  return `${file.path}, line ${line}, column ${column}`;
}
