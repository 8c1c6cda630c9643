/**
 * Files that a config extends: `extends: base.yaml`, or a list of files, of which later ones override earlier ones. A relative path starts at
 * the folder of the file with the `extends`. Keys that begin with `x-` are free for your own use, such as YAML anchors.
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

/** Prefix of keys that Loci ignores. */
export const OWN_KEY_PREFIX = 'x-';

/** A file in a chain of extended files. */
export interface FileInChain extends ConfigFile {
  /** Files that led to it; the one on the command line is first. */
  readonly extendedBy: readonly string[];
  /** Its settings of the run. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Version of its format; undefined in a file that a person wrote. */
  readonly version: number | undefined;
}

/**
 * A file and all that it extends, the lowest layer first.
 *
 * @throws LociError `config-unreadable`, `config-syntax`, `format-newer`, `config-invalid` for an invalid `extends`, `config-circular`
 * naming the files of the circle.
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
    throw invalid(file, ['$schema'], 'must be the file or the address of a schema');
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
        `${placeText(file, at)}: extends: the files extend each other in a circle: ${circle.join(' → ')}; remove one of these extends`,
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
      throw invalid(file, at, 'must be a file, or a list of files');
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

/** The files of a circle that `base` would close; undefined when there is none. */
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

/** A place in a file, for messages. */
export function placeText(file: ConfigFile, path: readonly PropertyKey[]): string {
  const { line, column } = placeIn(file, path);
  return `${file.path}, line ${line}, column ${column}`;
}
