/** Texts without the folders of this machine: what is published is for others. */
import { isAbsolute, posix } from 'node:path';
import { homedir } from 'node:os';

/** Takes folders out of a text. */
export type Neutral = (text: string) => string;

/** What a folder is called instead. */
export interface NamedFolder {
  readonly folder: string;
  readonly name: string;
}

/**
 * Makes the function: the folders that are given get their names, longer ones first, then the home folder becomes `~`.
 *
 * @example neutralText([{ folder: '/home/ada/work', name: '.' }])('/home/ada/work/data') // './data'
 */
export function neutralText(folders: readonly NamedFolder[], home: string = homedir()): Neutral {
  const known = [...folders, { folder: home, name: '~' }]
    .filter(({ folder }) => isAbsolute(folder) && folder.length > 1)
    .flatMap(({ folder, name }) => [
      { folder, name },
      // As a JSON text has it, where that differs.
      { folder: JSON.stringify(folder).slice(1, -1), name },
    ])
    .sort((a, b) => b.folder.length - a.folder.length);
  return (text) => known.reduce((rest, { folder, name }) => rest.replaceAll(folder, name), text);
}

/** Options for a table: an absolute path is named by its last part. */
export function optionText(value: unknown, neutral: Neutral): string {
  if (typeof value !== 'string') return neutral(JSON.stringify(value));
  const shown = neutral(value);
  return isAbsolute(shown) ? posix.basename(shown.replaceAll('\\', '/')) : shown;
}
