/** Draws a cognitive map in characters: a 10×10 grid with the names of objects in its cells. */
import type { CognitiveMap } from '@loci/core';
import type { Colors } from '../render/terminal.ts';

const SIDE = 10;
const [NARROWEST_CELL, WIDEST_CELL] = [4, 12];
const MARGIN = 3;
const EMPTY = '·';

/**
 * Lines of a map, with column x to the right and row y upward, as in reports. Names are cut to the width of a cell. Lines below name every
 * object with its cells, including those off the grid.
 *
 * @param columns most characters of a line.
 */
export function mapLines(map: CognitiveMap, columns: number, colors: Colors): readonly string[] {
  const cell = Math.max(
    NARROWEST_CELL,
    Math.min(WIDEST_CELL, Math.floor((columns - MARGIN - 1) / SIDE)),
  );
  const cells = new Map<string, string[]>();
  for (const [name, points] of Object.entries(map)) {
    for (const [x, y] of points) {
      const key = `${x},${y}`;
      cells.set(key, [...(cells.get(key) ?? []), name]);
    }
  }
  const rows = Array.from({ length: SIDE }, (_, index) => {
    const y = SIDE - 1 - index;
    const row = Array.from({ length: SIDE }, (_, x) => {
      const names = cells.get(`${x},${y}`);
      const text = names === undefined ? EMPTY : labelOf(names, cell - 1);
      const padded = text.padEnd(cell);
      return names === undefined ? colors.dim(padded) : colors.cyan(padded);
    });
    return `${colors.dim(String(y).padStart(MARGIN - 1))} ${row.join('')}`.trimEnd();
  });
  const widest = Math.max(0, ...Object.keys(map).map((name) => name.length));
  const axis = Array.from({ length: SIDE }, (_, x) => String(x).padEnd(cell)).join('');
  return [
    ...rows,
    colors.dim(`${' '.repeat(MARGIN)}${axis}`.trimEnd()),
    '',
    ...Object.entries(map)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([name, points]) =>
          `${name.padEnd(widest)}  ${points.map(([x, y]) => `[${x},${y}]`).join(' ')}`,
      ),
  ];
}

/** `sofa`, or `sof+1` where another object shares the cell. */
function labelOf(names: readonly string[], width: number): string {
  const [name = ''] = names;
  const more = names.length === 1 ? '' : `+${names.length - 1}`;
  return `${name.slice(0, Math.max(1, width - more.length))}${more}`;
}
