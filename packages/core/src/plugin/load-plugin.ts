/**
 * Finds the descriptor that a config names: a bundled name, the path of a module (a `.ts` file needs no build), or an npm
 * package that exports `plugins`. Modules from outside see this very copy of `@loci/core` and of zod, wherever they lie.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createJiti } from 'jiti';
import * as zod from 'zod';
import { suggest } from '../config/near-names.ts';
import { LociError, messageOf } from '../errors/loci-error.ts';
import type { AnyPlugin, ErasedPlugin, PluginKind } from '../spec/index.ts';
import { isPlugin } from './is-plugin.ts';
import type { PluginRegistry } from './registry.ts';

/**
 * @param reference `answer`, `./my-reward.ts`, `@acme/rewards`; where a module has several plugins of the kind,
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
  const [target = reference, name] = reference.split('#');
  const file = isPath(target) ? existing(kind, resolve(baseDirectory, target)) : undefined;
  const location = file ?? resolvePackage(target, baseDirectory);
  if (location === undefined) return registry.get(kind, reference);
  const plugin = pick(kind, reference, name, await importPlugins(reference, location));
  registry.register(plugin);
  return registry.get(kind, plugin.name);
}

function isPath(target: string): boolean {
  return /^\.{1,2}[/\\]/.test(target) || isAbsolute(target) || /\.[cm]?[jt]s$/.test(target);
}

function existing(kind: PluginKind, file: string): string {
  if (existsSync(file)) return file;
  throw new LociError('plugin-unreadable', `The ${kind} plugin ${file} does not exist`);
}

/** Where a package lies, looked for from the config's folder and from this package; undefined when it is not installed. */
function resolvePackage(name: string, baseDirectory: string): string | undefined {
  for (const start of [pathToFileURL(join(baseDirectory, 'config.yaml')), import.meta.url]) {
    try {
      return createRequire(start).resolve(name);
    } catch {
      continue;
    }
  }
  return undefined;
}

async function importPlugins(reference: string, location: string): Promise<readonly AnyPlugin[]> {
  const core = await import('../index.ts');
  const jiti = createJiti(location, {
    fsCache: false,
    interopDefault: false,
    virtualModules: { '@loci/core': core, zod },
  });
  let module: unknown;
  try {
    module = await jiti.import(location);
  } catch (thrown) {
    throw new LociError(
      'plugin-unreadable',
      `Cannot load the plugin "${reference}" from ${location}: ${messageOf(thrown)}`,
      { cause: thrown },
    );
  }
  const exported = Object.values(module as Readonly<Record<string, unknown>>);
  return [...new Set(exported.flat().filter(isPlugin))];
}

function pick(
  kind: PluginKind,
  reference: string,
  name: string | undefined,
  plugins: readonly AnyPlugin[],
): AnyPlugin {
  const candidates = plugins.filter(
    (plugin) => plugin.kind === kind && (name === undefined || plugin.name === name),
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
        : `"${reference}" exports no ${kind} plugin; export what definePlugin({ kind: '${kind}', … }) returns`,
  );
}
