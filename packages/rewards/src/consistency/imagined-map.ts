/** The map that a completion drew, as questions look things up in it. */
import { extractMapText, readMapDictionary } from '@loci/core';
import type { Cell } from '@loci/core';
import { canonicalName } from './names.ts';

/** Cells by canonical category. */
export type ImaginedMap = ReadonlyMap<string, readonly Cell[]>;

/** Coordinates beyond this are on no grid; within it the arithmetic of directions is exact. */
const FARTHEST = 1e6;

/**
 * Some categories of the first map of a completion, or why there is none: no map, or one that is no dictionary, so that where a
 * category ends is not told. Spellings of one category (`chair`, `Chairs`) are put together.
 *
 * @param names Canonical categories.
 */
export function readImaginedMap(
  completion: string,
  names: readonly string[],
): ImaginedMap | { readonly problem: string } {
  const drawn = extractMapText(completion);
  if (drawn === undefined) return { problem: 'no map' };
  if (drawn === '') return { problem: 'empty map' };
  const wanted = new Set(names);
  const written = readMapDictionary(drawn, (category) => wanted.has(canonicalName(category)));
  if (written === undefined) return { problem: 'the map is no dictionary' };
  const map = new Map<string, Cell[]>();
  for (const [category, cells] of written) {
    const name = canonicalName(category);
    const known = map.get(name) ?? [];
    for (const cell of cells) known.push(cell);
    map.set(name, known);
  }
  return map;
}

/** Whether a cell can be reckoned with. */
export function isWithinReach([x, y]: Cell): boolean {
  return Math.abs(x) <= FARTHEST && Math.abs(y) <= FARTHEST;
}
