import { relative, isAbsolute, resolve, sep } from 'node:path';

/**
 * Whether a path that a record of data names lies in the data's folder, as it is written: `..` and absolute paths can lead out of it. Where a
 * link inside the folder leads is the business of whoever made the link.
 *
 * @param written Relative to `start`, or absolute.
 * @param start Folder that relative paths start from; the folder itself by default.
 * @example isWithinFolder('/data', 'videos/../../etc/passwd') // false
 */
export function isWithinFolder(folder: string, written: string, start: string = folder): boolean {
  const way = relative(resolve(folder), resolve(start, written));
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
