/**
 * What the reference to a plugin means: a name, the path of a module, or an npm package, each with `#name` after it where a
 * module has several plugins. It reads no module; that is `load-plugin`.
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
  /** What stands behind `#`; a `#` inside a path belongs to the path. */
  readonly name?: string;
}

/** The ending of a file that can be loaded as it is. */
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
    return isAbsolute(file) ? file : undefined; // what is not a file is a module of Node
  } catch {
    return undefined;
  }
}

/** Where references of a config start. */
export interface ReferenceBase {
  /** Plugins that a bare name finds. */
  readonly registry: PluginRegistry;
  readonly origin: ConfigOrigin;
  /** Where a reference starts that no config file says. */
  readonly baseDirectory: string;
}

/**
 * The config with an absolute path for every plugin from outside, so that it means the same from any folder. A reference in a
 * config file starts at that file's folder, any other at `baseDirectory`. What is not found stays as it is, or becomes the path
 * where it was looked for, for `loadPlugin` to complain about.
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
