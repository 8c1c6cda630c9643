/** Removes the folders of this machine from published texts. */
import { isAbsolute, posix } from 'node:path';
import { homedir } from 'node:os';

/** Replaces folders in a text. */
export type Neutral = (text: string) => string;

/** A folder and its replacement. */
export interface NamedFolder {
  readonly folder: string;
  readonly name: string;
}

/**
 * Makes the function. It replaces the given folders by their names, longer ones first, and the home folder by `~`.
 *
 * The folder of the example is made up.
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

/** The value of an option in a table; an absolute path is shown by its last part. */
export function optionText(value: unknown, neutral: Neutral): string {
  if (typeof value !== 'string') return neutral(JSON.stringify(value));
  const shown = neutral(value);
  return isAbsolute(shown) ? posix.basename(shown.replaceAll('\\', '/')) : shown;
}
