/**
 * Finds the descriptor that a config names: a bundled name, the path of a module (a `.ts` file needs no build), or an npm package that
 * exports `plugins`. Modules from outside get this copy of `@loci/core`, RxJS and zod, wherever they are.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { nearNames, suggest } from '../config/near-names.ts';
import { LociError, messageOf } from '../errors/loci-error.ts';
import type { AnyPlugin, ErasedPlugin, PluginKind } from '../spec/index.ts';
import { isPlugin } from './is-plugin.ts';
import { MODULE, isPath, parseReference, resolvePackage } from './locate-plugin.ts';
import { namesOfOurs, offerByName, offeredModules } from './offered-modules.ts';
import type { PluginRegistry } from './registry.ts';

/**
 * Loads a plugin and registers it.
 *
 * @param reference `answer`, `./my-reward.ts`, `@acme/rewards`; when a module has several plugins of the kind,
 * `@acme/rewards#brevity` picks one.
 * @param baseDirectory Folder that relative paths start from.
 * @throws LociError `unknown-plugin`, `plugin-unreadable`, `plugin-export`, `duplicate-plugin`.
 */
export async function loadPlugin<Kind extends PluginKind>(
  kind: Kind,
  reference: string,
  registry: PluginRegistry,
  baseDirectory: string,
): Promise<ErasedPlugin<Kind>> {
  const bundled = registry.find(kind, reference);
  if (bundled !== undefined) return bundled;
  const { target, name } = parseReference(reference);
  const location = isPath(target)
    ? existing(kind, resolve(baseDirectory, target), baseDirectory)
    : (resolvePackage(target, baseDirectory) ?? resolvePackage(target, import.meta.dirname));
  if (location === undefined) return registry.get(kind, reference);
  const plugin = pick(kind, reference, name, await importPlugins(reference, location));
  registry.register(plugin);
  return plugin;
}

function existing(kind: PluginKind, file: string, baseDirectory: string): string {
  if (existsSync(file)) return file;
  const message = `The ${kind} plugin ${file} does not exist; ${whereElse(file, baseDirectory)}`;
  throw new LociError('plugin-unreadable', message);
}

/** A hint for the name of a missing file. */
function whereElse(file: string, baseDirectory: string): string {
  const folder = dirname(file);
  const elsewhere = join(baseDirectory, basename(file));
  if (existsSync(elsewhere)) {
    return `there is ${elsewhere}, but a path in a config file starts at the folder of that file`;
  }
  if (!existsSync(folder)) return `its folder ${folder} does not exist either; correct the path`;
  const modules = readdirSync(folder).filter((name) => MODULE.test(name));
  const near = nearNames(basename(file), modules).slice(0, 3);
  if (near.length > 0) return `did you mean ${near.map((name) => `"${name}"`).join(' or ')}?`;
  return modules.length === 0
    ? 'its folder has no .ts or .js file; correct the path'
    : `its folder has ${modules.slice(0, 10).join(', ')}${modules.length > 10 ? ', …' : ''}`;
}

/** Most missing packages of a plugin that are resolved from our own, one after the other. */
const MOST_RETRIES = 20;

async function importPlugins(reference: string, location: string): Promise<readonly AnyPlugin[]> {
  for (const name of namesOfOurs(readFileSync(location, 'utf8'))) await offerByName(name);
  for (let retries = 0; ; retries++) {
    try {
      return pluginsOf(await evaluate(location));
    } catch (thrown) {
      const missing = missingPackage(thrown);
      if (missing !== undefined && retries < MOST_RETRIES && (await offerByName(missing))) continue;
      throw new LociError(
        'plugin-unreadable',
        `Cannot load the plugin "${reference}" from ${location}: ${messageOf(thrown)}`,
        { cause: thrown },
      );
    }
  }
}

/** The module as TypeScript and Node would load it, its `tsconfig.json` included. */
async function evaluate(location: string): Promise<unknown> {
  const { createJiti } = await import('jiti');
  const jiti = createJiti(location, {
    fsCache: false,
    moduleCache: false,
    interopDefault: false,
    tsconfigPaths: true,
    virtualModules: await offeredModules(),
  });
  return jiti.import(location);
}

/** The package that could not be found; undefined for any other error, and for files. */
function missingPackage(thrown: unknown): string | undefined {
  const [, name] =
    /Cannot find (?:module|package) '([^']+)'/u.exec(
      thrown instanceof Error ? thrown.message : String(thrown),
    ) ?? [];
  return name === undefined || isPath(name) || name.startsWith('file:') ? undefined : name;
}

/** The plugins that a module exports by name, in its default, or as a whole (`export =`, `module.exports`). */
function pluginsOf(module: unknown): readonly AnyPlugin[] {
  const found = new Set<AnyPlugin>();
  const look = (value: unknown, depth: number): void => {
    if (isPlugin(value)) found.add(value);
    else if (depth > 0 && typeof value === 'object' && value !== null) {
      for (const inner of Object.values(value)) look(inner, depth - 1);
    }
  };
  look(module, 3);
  return [...found];
}

function pick<Kind extends PluginKind>(
  kind: Kind,
  reference: string,
  name: string | undefined,
  plugins: readonly AnyPlugin[],
): AnyPlugin & ErasedPlugin<Kind> {
  const candidates = plugins.filter(
    (plugin): plugin is AnyPlugin & ErasedPlugin<Kind> =>
      plugin.kind === kind && (name === undefined || plugin.name === name),
  );
  const [only, another] = candidates;
  if (only !== undefined && another === undefined) return only;
  const names = plugins.filter((plugin) => plugin.kind === kind).map((plugin) => plugin.name);
  throw new LociError(
    'plugin-export',
    only !== undefined
      ? `"${reference}" exports ${names.length} ${kind} plugins; pick one with "${reference}#name": ${names.join(', ')}`
      : name !== undefined
        ? `"${reference}" exports no such ${kind} plugin; ${suggest(name, names)}`
        : `"${reference}" exports no ${kind} plugin; export the result of definePlugin({ kind: '${kind}', … })`,
  );
}
