/**
 * Reading an imagined map from the text between its tags, as models write it: a dictionary in Python's or JSON's notation, and
 * failing that a list of names with numbers after them.
 */
import type { Cell, CognitiveMap } from '../../../spec/index.ts';
import type { Compatibility } from '../../answer/compat.ts';
import { appendCells, cellsOf } from './map-cells.ts';
import type { WrittenCell } from './map-cells.ts';
import { scanNames } from './map-name-scan.ts';
import { InfiniteCoordinate } from './map-numbers.ts';
import { readPythonLiteral } from '../../../python/literal.ts';
import { PYTHON_SPACE, PYTHON_WORD, pythonStrip } from '../../../python/text.ts';
import { NotALiteral, pythonText } from '../../../python/value.ts';
import type { PythonValue } from '../../../python/value.ts';

/** Lower-case categories with their cells, in the order they were read; a category without a cell is absent. */
export type ExactMap = ReadonlyMap<string, readonly (readonly [x: bigint, y: bigint])[]>;

/** The same before anyone asked for numbers or for exact integers. */
type WrittenMap = ReadonlyMap<string, readonly WrittenCell[]>;

/** How a map is read. */
export interface MapParseOptions extends Compatibility {
  /**
   * Also keep the categories of a dictionary that are not listed: each by itself, or the cells of all of them together under
   * the empty name, for those who only count them.
   */
  readonly keepUnlisted?: boolean | 'together';
}

/** Where the cells of unlisted categories are kept together; no listed category is called so. */
const UNLISTED = '';
const WRAPPED = /^str\{\s*(\{.*\})\s*\}$/su;
/** Names that are plain already. */
const PLAIN_NAME = /^[a-z\d_](?:[ a-z\d_]*[a-z\d_])?$/;
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
  return Object.fromEntries(inNumbers(parseMap(text, names, options)));
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
  return new Map(
    Array.from(parseMap(text, names, options), ([name, cells]) => [
      name,
      cells.map(([x, y]) => [BigInt(x), BigInt(y)] as const),
    ]),
  );
}

/**
 * A map that is a dictionary with the categories that are wanted, listed nowhere, by the corrected rule; `undefined` when the text is
 * no dictionary.
 *
 * @param isWanted Is asked with lower-case categories.
 * @example readMapDictionary('{"Bed": [[1, 2]]}', () => true)?.get('bed') // [[1, 2]]
 */
export function readMapDictionary(
  text: string,
  isWanted: (category: string) => boolean,
): ReadonlyMap<string, readonly Cell[]> | undefined {
  const place = (name: string): string | undefined => (isWanted(name) ? name : undefined);
  const map = fromLiteral(unwrapped(text), place, {});
  return map && inNumbers(map);
}

function parseMap(text: string, names: readonly unknown[], options: MapParseOptions): WrittenMap {
  const wanted = [...new Set(names.flatMap(lowerCaseName))];
  const plain = unwrapped(text);
  if (plain === '' || wanted.length === 0) return new Map();
  const listed = new Set(wanted);
  const { keepUnlisted = false } = options;
  const place = (name: string): string | undefined => {
    if (listed.has(name)) return name;
    return keepUnlisted === 'together' ? UNLISTED : keepUnlisted ? name : undefined;
  };
  return fromLiteral(plain, place, options) ?? scanNames(plain, wanted, options);
}

/** Integers that only a longer type holds become the nearest numbers. */
function inNumbers(map: WrittenMap): ReadonlyMap<string, readonly Cell[]> {
  const numbers = new Map<string, readonly Cell[]>();
  for (const [name, cells] of map) {
    const isReady = cells.every(isInNumbers);
    numbers.set(name, isReady ? cells : cells.map(([x, y]) => [Number(x), Number(y)]));
  }
  return numbers;
}

function isInNumbers(cell: WrittenCell): cell is Cell {
  return typeof cell[0] === 'number' && typeof cell[1] === 'number';
}

function unwrapped(text: string): string {
  const stripped = pythonStrip(text);
  return WRAPPED.exec(stripped)?.[1] ?? stripped;
}

function lowerCaseName(name: unknown): readonly string[] {
  return typeof name === 'string' && name !== '' ? [name.toLowerCase()] : [];
}

/**
 * The map of a dictionary literal; `undefined` when the text is none.
 *
 * @param place The category under which the cells of a name are kept; `undefined` drops them.
 */
function fromLiteral(
  text: string,
  place: (name: string) => string | undefined,
  options: Compatibility,
): WrittenMap | undefined {
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined;
  const literal = readPythonLiteral(text, { jsonConstants: options.compat === undefined });
  if (literal?.kind !== 'dictionary') return undefined;
  const map = new Map<string, WrittenCell[]>();
  for (const [key, value] of literal.entries) {
    try {
      const category = place(plainName(key));
      if (category !== undefined) appendCells(map, category, cellsOf(value));
    } catch (error) {
      // For the reference one such entry spoils the whole dictionary.
      if (!(error instanceof InfiniteCoordinate || error instanceof NotALiteral)) throw error;
      if (options.compat === 'spacer') return undefined;
    }
  }
  return map;
}

/** Lower case, stripped, and freed of punctuation around it: `<Chair>:` is `chair`. */
function plainName(key: PythonValue): string {
  const text = pythonText(key);
  if (PLAIN_NAME.test(text)) return text;
  const name = pythonStrip(text.toLowerCase());
  return pythonStrip(DECORATED_NAME.exec(name)?.[1] ?? name);
}
