/** Turns Node's error about a missing package into a message with the command that installs it. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installText } from './install-text.ts';

const NOT_FOUND = /^Cannot find (?:package|module) '([^'./\\][^']*)'(?: imported from (.+))?/u;
const WANTED_IN = ['dependencies', 'optionalDependencies', 'peerDependencies'] as const;

/**
 * The remedy for an error of Node about a package that is not installed.
 *
 * @returns `the package sharp is not installed: npm install sharp@0.35.5`, with the version that the importing package requires; undefined
 * for every other error.
 */
export function missingPackage(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  if (thrown.code !== 'ERR_MODULE_NOT_FOUND' && thrown.code !== 'MODULE_NOT_FOUND')
    return undefined;
  const [, specifier, importer] = NOT_FOUND.exec(thrown.message) ?? [];
  if (specifier === undefined) return undefined;
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  const version = importer === undefined ? undefined : wantedVersion(name, importer);
  const install = version === undefined ? name : `${name}@${version}`;
  return `the package ${name} is not installed: ${installText(install)}`;
}

function wantedVersion(name: string, importer: string): string | undefined {
  const file = importer.startsWith('file:') ? fileURLToPath(importer) : importer;
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (!existsSync(path)) continue;
    const wanted = JSON.parse(readFileSync(path, 'utf8')) as Readonly<
      Partial<Record<(typeof WANTED_IN)[number], Readonly<Record<string, string>>>>
    >;
    return WANTED_IN.map((kind) => wanted[kind]?.[name]).find((version) => version !== undefined);
  }
  return undefined;
}
