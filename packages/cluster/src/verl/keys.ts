/** The known versions of verl, and the keys of their configuration. */
import { readFileSync } from 'node:fs';
import { LociError, nearNames } from '@loci/core';

const FILE = new URL('../../assets/verl-keys.json', import.meta.url);

interface KeysFile {
  readonly versions: Readonly<Record<string, readonly string[]>>;
}

let read: KeysFile | undefined;

function versions(): KeysFile['versions'] {
  read ??= JSON.parse(readFileSync(FILE, 'utf8')) as KeysFile;
  return read.versions;
}

/** The versions of verl that jobs can be made for, newest release first. */
export function knownVersions(): readonly string[] {
  return Object.keys(versions());
}

/**
 * Loci's name of a version: `0.9`, `0.9.0` and `v0.9` are `v0.9.0`, and `head` is the newest commit whose keys were read.
 *
 * @throws LociError `verl-version` naming the known ones.
 */
export function knownVersion(version: string): string {
  const known = knownVersions();
  if (known.includes(version)) return version;
  if (/^v?0\.9(?:\.0)?$/u.test(version)) return 'v0.9.0';
  const head = known.find((name) => name.startsWith('head-'));
  if (version === 'head' && head !== undefined) return head;
  throw new LociError(
    'verl-version',
    `Loci knows the configuration of verl ${known.join(' and ')}, not of ${version}: verl renames keys between versions, and ignores some ` +
      'old ones silently. Install a known version, or set trainer.version to the known one that yours resembles',
  );
}

/** Whether a key exists in a version. */
export function hasKey(version: string, key: string): boolean {
  return keysOf(version).has(key);
}

/** Existing keys that resemble a missing one. */
export function keysNear(version: string, key: string): readonly string[] {
  return nearNames(key, [...keysOf(version)]);
}

const sets = new Map<string, ReadonlySet<string>>();

function keysOf(version: string): ReadonlySet<string> {
  const known = sets.get(version);
  if (known !== undefined) return known;
  const made = new Set(versions()[version] ?? []);
  sets.set(version, made);
  return made;
}
