/** Adds a new plugin to an index and to the table of its page. */
import { LociError } from '@loci/core';
import type { RewardName } from './reward-name.ts';

const IMPORT = /^import \{ \w+ \} from '(\.\/[^']+)';$/;
const EXPORTS = /^export \{([^}]*)\};$/m;
const PLUGINS = /^export const plugins = \[([^\]]*)\] as const;$/m;
const WIDTH = 100;

/**
 * The index with one more reward, in alphabetical order.
 *
 * @throws LociError `scaffold-name` when the constant's name is in use, `scaffold-shape` when the file is not as expected.
 */
export function addToIndex(index: string, { name, variable }: RewardName): string {
  if (new RegExp(`\\b${variable}\\b`).test(index)) {
    const message = `"${name}" would be the constant ${variable}, which the package of rewards already has; choose another name`;
    throw new LociError('scaffold-name', message);
  }
  const withImport = addImport(index, `import { ${variable} } from './${name}.ts';`);
  const withExport = addToList(withImport, EXPORTS, variable, ['export {', '};', ' ']);
  return addToList(withExport, PLUGINS, variable, ['export const plugins = [', '] as const;', '']);
}

/**
 * The page with one more row in its table of plugins.
 *
 * @param kind What the table lists: the heading of its first column.
 * @throws LociError `scaffold-shape` when it has no such table.
 */
export function addRow(page: string, row: string, kind = 'reward'): string {
  const table = new RegExp(`^\\| ${kind} +\\|.*\\n\\|[ :|-]+\\n(?:\\|.*\\n)+`, 'm').exec(page);
  if (table === null) {
    throw misshapen(`docs/${kind}s.md has no table that begins with "| ${kind} |"`);
  }
  const end = table.index + table[0].length;
  return `${page.slice(0, end)}${row}\n${page.slice(end)}`;
}

/** The file with one more import, in alphabetical order of the paths. @throws LociError `scaffold-shape`. */
export function addImport(index: string, line: string): string {
  const lines = index.split('\n');
  const pathOf = (text: string): string | undefined => IMPORT.exec(text)?.[1];
  const own = pathOf(line) ?? '';
  const last = lines.findLastIndex((text) => pathOf(text) !== undefined);
  if (last < 0) throw misshapen('the index imports no plugin');
  const next = lines.findIndex((text) => (pathOf(text) ?? '') > own);
  lines.splice(next < 0 ? last + 1 : next, 0, line);
  return lines.join('\n');
}

/** Adds a name to a list that stands on one line, or on one line each where that would be too long. */
export function addToList(
  index: string,
  list: RegExp,
  name: string,
  [opening, closing, space]: readonly [string, string, string],
): string {
  const found = list.exec(index)?.[1];
  if (found === undefined) throw misshapen(`the index has no "${opening} … ${closing}"`);
  const names = [...found.split(',').map((one) => one.trim()), name].filter((one) => one !== '');
  names.sort((a, b) => a.localeCompare(b, 'en'));
  const line = `${opening}${space}${names.join(', ')}${space}${closing}`;
  const lines = `${opening}\n${names.map((one) => `  ${one},\n`).join('')}${closing}`;
  return index.replace(list, line.length <= WIDTH ? line : lines);
}

function misshapen(what: string): LociError {
  return new LociError(
    'scaffold-shape',
    `Cannot add the plugin by itself: ${what}; add it by hand`,
  );
}
