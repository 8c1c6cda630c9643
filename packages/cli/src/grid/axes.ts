/** Parses `--grid`: keys of the config, each with the values to try. */
import { LociError, parseOverride, suggest } from '@loci/core';

/** One key and its values, as texts for `--set`. */
export interface GridAxis {
  /** Dotted path. */
  readonly key: string;
  readonly values: readonly string[];
}

/** One run of a grid. */
export interface GridCell {
  /** Name of its folder: `learningRate=1e-4_seed=2`. */
  readonly name: string;
  /** `key=value`, one per axis. */
  readonly set: readonly string[];
}

/** Longest text of a value in the name of a folder. */
const NAME_LENGTH = 40;

/**
 * Parses `--grid key=a,b` flags. A key may be the end of a path, such as `learningRate`, when only one key of the config ends with it.
 *
 * @param keys dotted paths of the config's values.
 * @param sections first words of all paths that a config may have.
 * @throws LociError `grid-invalid`.
 */
export function parseGrid(
  flags: readonly string[],
  keys: readonly string[],
  sections: readonly string[],
): readonly GridAxis[] {
  const axes = flags.map((flag) => {
    const equals = flag.indexOf('=');
    const typed = flag.slice(0, Math.max(0, equals));
    if (equals <= 0)
      throw invalid(flag, 'expected a key and values, such as learningRate=1e-4,2e-4');
    const key = fullKey(typed, flag, keys, sections);
    const values = splitValues(flag.slice(equals + 1));
    if (values.includes('')) throw invalid(flag, 'a value is empty');
    for (const value of values) parseOverride(`${key}=${value}`);
    const twice = values.find((value, index) => values.indexOf(value) !== index);
    if (twice !== undefined) throw invalid(flag, `the value ${twice} is given twice`);
    return { key, values };
  });
  const keysOnce = new Set(axes.map(({ key }) => key));
  if (keysOnce.size < axes.length) {
    throw new LociError('grid-invalid', '--grid names a key twice: put its values into one list');
  }
  return axes;
}

/** The path for a typed end. */
function fullKey(
  typed: string,
  flag: string,
  keys: readonly string[],
  sections: readonly string[],
): string {
  const [first = ''] = typed.split('.');
  if (sections.includes(first)) return typed;
  const ends = keys.filter((key) => key.endsWith(`.${typed}`));
  const [only] = ends;
  if (only === undefined) {
    const lastWords = [...new Set(keys.map((key) => key.split('.').at(-1)!))];
    throw invalid(flag, `the config has no key "${typed}"; ${suggest(typed, lastWords)}`);
  }
  if (ends.length > 1)
    throw invalid(flag, `"${typed}" may be ${ends.join(' or ')}: write the whole path`);
  return only;
}

/** Splits at commas outside of brackets and quotes. */
export function splitValues(text: string): readonly string[] {
  const values: string[] = [];
  let depth = 0;
  let quote = '';
  let value = '';
  for (const character of text) {
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if ('[{'.includes(character)) depth++;
    else if (']}'.includes(character)) depth--;
    if (character === ',' && depth === 0 && quote === '') {
      values.push(value.trim());
      value = '';
    } else value += character;
  }
  return [...values, value.trim()];
}

/** Every combination of the values; those of the last axis change fastest. */
export function cellsOf(axes: readonly GridAxis[]): readonly GridCell[] {
  const titles = titlesOf(axes.map(({ key }) => key));
  const combinations = axes.reduce<readonly (readonly string[])[]>(
    (rows, { values }) => rows.flatMap((row) => values.map((value) => [...row, value])),
    [[]],
  );
  const names = combinations.map((row) =>
    row.map((value, index) => `${titles[index]!}=${nameOf(value)}`).join('_'),
  );
  return combinations.map((row, index) => ({
    name: names.indexOf(names[index]!) === index ? names[index]! : `${names[index]!}-${index + 1}`,
    set: row.map((value, axis) => `${axes[axis]!.key}=${value}`),
  }));
}

/** The shortest unique end of each key. */
function titlesOf(keys: readonly string[]): readonly string[] {
  return keys.map((key) => {
    const words = key.split('.');
    for (let count = 1; count < words.length; count++) {
      const end = words.slice(-count).join('.');
      if (!keys.some((other) => other !== key && `.${other}`.endsWith(`.${end}`))) return end;
    }
    return key;
  });
}

function nameOf(value: string): string {
  const name = value.replaceAll(/[^\w.+-]+/gu, '-').replaceAll(/^-(?=\D)|-$/gu, '');
  return name.slice(0, NAME_LENGTH);
}

function invalid(flag: string, problem: string): LociError {
  return new LociError('grid-invalid', `--grid ${flag}: ${problem}`);
}
