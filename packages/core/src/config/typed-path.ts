import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * The absolute form of a path that a person typed into a flag or a config, where no shell has expanded `~`.
 *
 * @param base Base of relative paths.
 * @example typedPath('~/data', '/work') // '/home/ada/data'
 */
export function typedPath(typed: string, base: string, home: string = homedir()): string {
  const [, rest] = /^~(?:$|[\\/](.*))/su.exec(typed) ?? [];
  if (typed === '~' || rest !== undefined) return join(home, rest ?? '');
  return resolve(base, typed);
}
