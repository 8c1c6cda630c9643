/** Checks a package before it is published: the contents of its tarball, and its manifest. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, posix } from 'node:path';

/** The part of a `package.json` that is checked. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly license?: string;
  readonly repository?: { readonly url?: string; readonly directory?: string };
  readonly engines?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A package as npm would pack it. */
export interface Packed {
  /** Where it was packed. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** Paths in the tarball, from the package's root. */
  readonly files: readonly string[];
}

/** Scripts that npm runs on the machine of whoever installs a package. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall'] as const;
const REQUIRED_FILES = ['README.md', 'LICENSE', 'package.json'] as const;
/** Conditions under which only the repository itself reads a package. */
const OWN_CONDITIONS: readonly string[] = ['loci-source'];

/**
 * What is wrong with a package, a sentence each; empty when it may go out.
 *
 * @param version that all packages of the release have.
 */
export function tarballFaults(packed: Packed, version: string): readonly string[] {
  const { manifest, files } = packed;
  const has = new Set(files);
  const carries = files.some((file) => file.startsWith('dist/vendor/'));
  const missing = [...REQUIRED_FILES, ...(carries ? ['THIRD-PARTY.md'] : [])].filter(
    (file) => !has.has(file),
  );
  return [
    ...missing.map((file) => `${file} is missing`),
    ...manifestFaults(manifest, version),
    ...entriesOf(manifest).flatMap((path) =>
      has.has(path) ? [] : [`its entry ${path} is missing`],
    ),
    ...files.filter((file) => file.endsWith('.map')).flatMap((map) => mapFaults(packed, map, has)),
    ...Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }).flatMap((name) =>
      scriptFaults(packed.folder, name),
    ),
  ].map((fault) => `${manifest.name}: ${fault}`);
}

function manifestFaults(manifest: Manifest, version: string): readonly string[] {
  const { description, keywords = [], license, repository, engines, scripts = {} } = manifest;
  const ranges = Object.entries({
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
    ...manifest.peerDependencies,
  });
  return [
    ...(manifest.version === version ? [] : [`its version is ${manifest.version}, not ${version}`]),
    ...(description ? [] : ['it has no description']),
    ...(keywords.length >= 3 ? [] : ['it has fewer than three keywords']),
    ...(license === 'Apache-2.0' ? [] : ['its license is not Apache-2.0']),
    ...(repository?.url && repository.directory ? [] : ['it names no repository and folder']),
    ...(engines?.['node'] ? [] : ['it does not say which Node it runs on']),
    ...INSTALL_SCRIPTS.filter((name) => name in scripts).map((name) => `it has a script ${name}`),
    ...ranges.flatMap(([name, range]) => {
      if (/^(?:file|link|workspace):|^\*$/.test(range)) return [`${name} is wanted as ${range}`];
      const isOurs = name.startsWith('@loci/') && range !== version;
      return isOurs ? [`${name} is wanted as ${range}, not ${version}`] : [];
    }),
  ];
}

/** The files that `exports` and `bin` name outside the repository. */
function entriesOf({ exports = {}, bin = {} }: Manifest): readonly string[] {
  const targets = Object.values(exports).flatMap((entry) =>
    typeof entry === 'string'
      ? [entry]
      : Object.entries(entry).flatMap(([condition, path]) =>
          OWN_CONDITIONS.includes(condition) ? [] : [path],
        ),
  );
  return [...targets, ...Object.values(bin)].map((path) => path.replace(/^\.\//, ''));
}

/** Sources that a map names and the tarball lacks. */
function mapFaults({ folder }: Packed, map: string, has: ReadonlySet<string>): readonly string[] {
  const { sources = [], sourcesContent = [] } = JSON.parse(
    readFileSync(join(folder, map), 'utf8'),
  ) as { readonly sources?: readonly string[]; readonly sourcesContent?: readonly unknown[] };
  return sources.flatMap((source, index) => {
    const path = posix.normalize(posix.join(posix.dirname(map), source));
    return has.has(path) || sourcesContent[index] ? [] : [`${map} names ${path}, which is missing`];
  });
}

/** A dependency whose install script would run on other machines. */
function scriptFaults(folder: string, name: string): readonly string[] {
  const paths = createRequire(join(folder, 'package.json')).resolve.paths(name) ?? [];
  const path = paths.map((place) => join(place, name, 'package.json')).find(existsSync);
  if (path === undefined) return []; // of another platform
  const { scripts = {} } = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  return INSTALL_SCRIPTS.filter((script) => script in scripts).map(
    (script) => `it depends on ${name}, which has a script ${script}`,
  );
}
