import { relative, isAbsolute, resolve, sep } from 'node:path';

/**
 * Whether a path in a data record is inside the data's folder; `..` and absolute paths can lead out of it. Symbolic links inside the folder
 * are not followed.
 *
 * @param written Relative to `start`, or absolute.
 * @param start Folder that relative paths start from; the folder itself by default.
 * @example isWithinFolder('/data', 'videos/../../etc/passwd') // false
 */
export function isWithinFolder(folder: string, written: string, start: string = folder): boolean {
  const way = relative(resolve(folder), resolve(start, written));
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
