/**
 * Reading an imagined map from the text between its tags, as models write it: a dictionary in Python's or JSON's notation, and
 * failing that a list of names with numbers after them.
 */
import type { CognitiveMap } from '../spec/index.ts';
import type { Compatibility } from './compat.ts';
import { InfiniteCoordinate, cellsOf } from './map-cells.ts';
import type { ExactCell } from './map-cells.ts';
import { scanNames } from './map-name-scan.ts';
import { readPythonLiteral } from './python-literal.ts';
import { PYTHON_SPACE, PYTHON_WORD, pythonStrip } from './python-text.ts';
import { pythonText } from './python-value.ts';
import type { PythonValue } from './python-value.ts';

/** Lower-case categories with their cells, in the order they were read; a category without a cell is absent. */
export type ExactMap = ReadonlyMap<string, readonly ExactCell[]>;

/** How a map is read. */
export interface MapParseOptions extends Compatibility {
  /** Also keep the categories of a dictionary that are not listed. */
  readonly keepUnlisted?: boolean;
}

const WRAPPED = /^str\{\s*(\{.*\})\s*\}$/su;
const DECORATED_NAME = new RegExp(
  `^[^${PYTHON_WORD}${PYTHON_SPACE}]*([${PYTHON_WORD}${PYTHON_SPACE}]+)[^${PYTHON_WORD}${PYTHON_SPACE}]*$`,
  'u',
);

/**
 * The map as numbers. Coordinates beyond ±1.8e308 become infinite.
 *
 * @param names Categories to look for; the case does not matter.
 * @example parseCognitiveMap("{'Chair': [(1, 2)]}", ['chair']) // { chair: [[1, 2]] }
 * @throws With `compat: 'spacer'`, when the name scan meets a number beyond the double range, as the reference does.
 */
export function parseCognitiveMap(
  text: string,
  names: readonly string[],
  options: MapParseOptions = {},
): CognitiveMap {
  return Object.fromEntries(
    Array.from(parseExactMap(text, names, options), ([name, cells]) => [
      name,
      cells.map(([x, y]) => [Number(x), Number(y)] as const),
    ]),
  );
}

/**
 * The map with integers as they were written. Names that are not non-empty strings are ignored.
 *
 * With `compat: 'spacer'` this is the reference's parser. Without it, JSON's `null`, `true` and `false` are read too, an
 * infinite coordinate costs its own entry and not the whole dictionary, and the name scan is the careful one.
 */
export function parseExactMap(
  text: string,
  names: readonly unknown[],
  options: MapParseOptions = {},
): ExactMap {
  const wanted = [...new Set(names.flatMap(lowerCaseName))];
  const stripped = pythonStrip(text);
  if (stripped === '' || wanted.length === 0) return new Map();
  const plain = WRAPPED.exec(stripped)?.[1] ?? stripped;
  return fromLiteral(plain, wanted, options) ?? scanNames(plain, wanted, options);
}

function lowerCaseName(name: unknown): readonly string[] {
  return typeof name === 'string' && name !== '' ? [name.toLowerCase()] : [];
}

/** The map of a dictionary literal; `undefined` when the text is none. */
function fromLiteral(
  text: string,
  names: readonly string[],
  options: MapParseOptions,
): ExactMap | undefined {
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined;
  const literal = readPythonLiteral(text, { jsonConstants: options.compat === undefined });
  if (literal?.kind !== 'dictionary') return undefined;
  const listed = new Set(names);
  const map = new Map<string, ExactCell[]>();
  for (const [key, value] of literal.entries) {
    const name = plainName(key);
    if (!listed.has(name) && options.keepUnlisted !== true) continue;
    const cells = readableCells(value, options);
    if (cells === undefined) return undefined;
    if (cells.length > 0) append(map, name, cells);
  }
  return map;
}

function append(map: Map<string, ExactCell[]>, name: string, cells: readonly ExactCell[]): void {
  const known = map.get(name);
  if (known) for (const cell of cells) known.push(cell);
  else map.set(name, [...cells]);
}

/** Lower case, stripped, and freed of punctuation around it: `<Chair>:` is `chair`. */
function plainName(key: PythonValue): string {
  const name = pythonStrip(pythonText(key).toLowerCase());
  return pythonStrip(DECORATED_NAME.exec(name)?.[1] ?? name);
}

/** `undefined` when an infinite coordinate spoils the whole dictionary, which it does for the reference only. */
function readableCells(
  value: PythonValue,
  options: Compatibility,
): readonly ExactCell[] | undefined {
  try {
    return cellsOf(value);
  } catch (error) {
    if (!(error instanceof InfiniteCoordinate)) throw error;
    return options.compat === 'spacer' ? undefined : [];
  }
}
