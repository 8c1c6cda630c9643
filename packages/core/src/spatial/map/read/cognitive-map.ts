/** Cognitive maps as data: looked up whatever the case, and written as text. */
import type { CognitiveMap } from '../../../spec/index.ts';

/** The categories of a map in lower case; cells of names that differ only in case are put together. */
export function byLowerCaseCategory<Point>(
  map: Readonly<Record<string, readonly Point[]>>,
): ReadonlyMap<string, readonly Point[]> {
  const lower = new Map<string, readonly Point[]>();
  const merged = new Map<string, Point[]>();
  for (const name of Object.keys(map)) {
    const cells = map[name]!;
    const category = name.toLowerCase();
    const known = lower.get(category);
    if (known === undefined) {
      lower.set(category, cells);
      continue;
    }
    const own = merged.get(category) ?? [...known];
    for (const cell of cells) own.push(cell);
    merged.set(category, own);
    lower.set(category, own);
  }
  return lower;
}

/** All instances of a map. */
export function countInstances(map: CognitiveMap): number {
  return Object.values(map).reduce((count, cells) => count + cells.length, 0);
}

/** The categories of a map in alphabetical order (by code unit, so that every machine agrees). */
export function sortedCategories(map: CognitiveMap): readonly string[] {
  return Object.keys(map).sort();
}

/**
 * A map as demonstrations write it: one line of JSON without spaces, categories in alphabetical order, cells by column, then row.
 *
 * @example formatCognitiveMap({ desk: [[5, 5]], chair: [[2, 4]] }) // '{"chair":[[2,4]],"desk":[[5,5]]}'
 */
export function formatCognitiveMap(map: CognitiveMap): string {
  const entries = sortedCategories(map).map((category) => {
    const cells = [...map[category]!].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    return `${JSON.stringify(category)}:${JSON.stringify(cells)}`;
  });
  return `{${entries.join(',')}}`;
}

/** Moves every cell onto the grid, to the nearest edge. */
export function clipToGrid(map: CognitiveMap, grid = 10): CognitiveMap {
  const clip = (value: number) => Math.min(Math.max(value, 0), grid - 1);
  return Object.fromEntries(
    Object.entries(map).map(([category, cells]) => [
      category,
      cells.map(([x, y]) => [clip(x), clip(y)] as const),
    ]),
  );
}
