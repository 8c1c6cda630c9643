/**
 * Resolves the reference to a plugin: a name, the path of a module, or an npm package, each with `#name` after it when a module has several
 * plugins. `load-plugin` reads the module.
 */
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { changePlugins } from '../config/plugin-places.ts';
import type { RunConfig } from '../config/run-config.ts';
import type { ConfigOrigin } from '../config/config-origin.ts';
import type { PluginRegistry } from './registry.ts';

/** A reference taken apart. */
export interface PluginReference {
  /** Name, path or package. */
  readonly target: string;
  /** The text after `#`; a `#` inside a path belongs to the path. */
  readonly name?: string;
}

/** The suffix of a file that can be loaded directly. */
export const MODULE = /\.[cm]?[jt]s$/;

/** @example parseReference('@acme/rewards#brevity') // { target: '@acme/rewards', name: 'brevity' } */
export function parseReference(reference: string): PluginReference {
  const [, target, name] = /^(.+)#([\w-]+)$/s.exec(reference) ?? [];
  return target === undefined || name === undefined ? { target: reference } : { target, name };
}

/** Whether a reference's target is a path rather than the name of a plugin or package. */
export function isPath(target: string): boolean {
  return /^\.{1,2}[/\\]/.test(target) || isAbsolute(target) || MODULE.test(target);
}

/** The file that a package's name leads to from a folder upwards; undefined when it is not installed there. */
export function resolvePackage(name: string, directory: string): string | undefined {
  try {
    const file = createRequire(pathToFileURL(join(directory, 'here.js'))).resolve(name);
    return isAbsolute(file) ? file : undefined; // otherwise it is a module of Node
  } catch {
    return undefined;
  }
}

/** How references of a config are resolved. */
export interface ReferenceBase {
  /** Plugins that a bare name finds. */
  readonly registry: PluginRegistry;
  readonly origin: ConfigOrigin;
  /** Base of references that are not from a config file. */
  readonly baseDirectory: string;
}

/**
 * The config with an absolute path for every plugin from outside, so that it is valid from any folder. A reference in a config file starts
 * at that file's folder, any other at `baseDirectory`. A reference that is not found stays as it is, or becomes the path where it was
 * looked for, so that `loadPlugin` reports it.
 *
 * @example locatePlugins(config, { registry, origin, baseDirectory }).rewards[0].use // '/home/me/rewards/inventory.ts'
 */
export function locatePlugins(
  config: RunConfig,
  { registry, origin, baseDirectory }: ReferenceBase,
): RunConfig {
  return changePlugins(config, ({ kind, use, options, path }) => {
    if (registry.find(kind, use) !== undefined) return { use, options };
    const { target, name } = parseReference(use);
    const directory = origin.directoryOf([...path, 'use']) ?? baseDirectory;
    const file = isPath(target)
      ? resolve(directory, target)
      : (resolvePackage(target, directory) ?? resolvePackage(target, baseDirectory));
    if (file === undefined) return { use, options };
    return { use: name === undefined ? file : `${file}#${name}`, options };
  });
}
