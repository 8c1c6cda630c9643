/** Finds the repository of a path in the cache, so that published texts name the repository and no folder of this machine. */
import { relative, sep } from 'node:path';
import { COMMIT } from '../reference.ts';
import type { HubReference } from '../reference.ts';

/**
 * @param path of a file or folder.
 * @returns undefined for a path elsewhere.
 * @example cachedReference('/c/models--o--m/snapshots/<commit>/config.json', '/c')?.name // 'o/m'
 */
export function cachedReference(path: string, cacheFolder: string): HubReference | undefined {
  const [folder = '', snapshots, commit = '', ...rest] = relative(cacheFolder, path).split(sep);
  const [kinds, ...name] = folder.split('--');
  const isCached = snapshots === 'snapshots' && COMMIT.test(commit) && name.length > 0;
  if (!isCached || (kinds !== 'models' && kinds !== 'datasets')) return undefined;
  const kind = kinds === 'models' ? 'model' : 'dataset';
  return { kind, name: name.join('/'), revision: commit, path: rest.join('/') };
}
