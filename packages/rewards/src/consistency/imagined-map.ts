/** Reads the imagined map of a completion for the lookups of questions. */
import { extractMapText, readMapDictionary } from '@loci/core';
import type { Cell } from '@loci/core';
import { canonicalName } from './names.ts';

/** Cells by canonical category. */
export type ImaginedMap = ReadonlyMap<string, readonly Cell[]>;

/** Largest coordinate. Up to here the arithmetic of directions is exact; no grid is larger. */
const FARTHEST = 1e6;

/**
 * The wanted categories of the first map of a completion, or why it cannot be read: there is none, or it is not a dictionary, which would
 * show where a category ends. Spellings of one category (`chair`, `Chairs`) are merged.
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

/** Whether the coordinates of a cell are small enough for exact arithmetic. */
export function isWithinReach([x, y]: Cell): boolean {
  return Math.abs(x) <= FARTHEST && Math.abs(y) <= FARTHEST;
}
