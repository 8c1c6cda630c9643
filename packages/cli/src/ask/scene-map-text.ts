/** Draws maps in other forms than SpaceR's in characters: a 10×10 grid, and a line for each object below it. */
import type { BoxMap, Facing, SceneMap, ViewMap } from '@loci/core';
import type { Colors } from '../render/terminal.ts';

const SIDE = 10;
const [NARROWEST_CELL, WIDEST_CELL] = [4, 12];
const EMPTY = '·';
const ARROWS: Readonly<Record<Facing, string>> = {
  ...{ up: '↑', right: '→', down: '↓', left: '←' },
  ...{ inner: '⊗', outer: '⊙' },
};

/** A label in a cell of the grid. */
interface Marked {
  readonly text: string;
  readonly column: number;
  /** From the top. */
  readonly row: number;
}

/**
 * Lines of a map. Objects and views are shown in their cells, with rows from the top and an arrow for the direction that they face. Boxes
 * are shown by their centers, with the camera looking up, in cells as large as the scene needs.
 *
 * @param columns most characters of a line.
 */
export function sceneMapLines(map: SceneMap, columns: number, colors: Colors): readonly string[] {
  return map.format === 'boxes' ? boxLines(map, columns, colors) : viewLines(map, columns, colors);
}

function viewLines(
  { objects, views }: ViewMap,
  columns: number,
  colors: Colors,
): readonly string[] {
  const placed = [...objects, ...views];
  const arrow = (facing: Facing | undefined): string => (facing ? ARROWS[facing] : '');
  const marked = placed.map(({ name, position: [x, y], facing }): Marked => ({
    ...{ text: `${arrow(facing)}${name}`, column: Math.trunc(x), row: Math.trunc(y) },
  }));
  return [
    ...gridLines(marked, columns, colors),
    '',
    ...placed.map(({ name, position: [x, y], facing }) =>
      `${name}  [${x},${y}] ${arrow(facing)}`.trimEnd(),
    ),
  ];
}

function boxLines({ boxes }: BoxMap, columns: number, colors: Colors): readonly string[] {
  const xs = [0, ...boxes.map(({ centre }) => centre[0])];
  const ys = [0, ...boxes.map(({ centre }) => centre[1])];
  const [left, far] = [Math.min(...xs), Math.max(...ys)];
  const extent = Math.max(Math.max(...xs) - left, far - Math.min(...ys), 1);
  const cell = Math.ceil((10 * extent) / (SIDE - 1)) / 10;
  const place = (text: string, x: number, y: number): Marked => ({
    ...{ text, column: Math.round((x - left) / cell), row: Math.round((far - y) / cell) },
  });
  const marked = [
    ...boxes.map(({ name, centre: [x, y] }) => place(name, x, y)),
    place('↑camera', 0, 0),
  ];
  return [
    ...gridLines(marked, columns, colors),
    colors.dim(`a cell is ${cell.toFixed(1)} m`),
    '',
    ...boxes.map(
      ({ name, centre: [x, y], size: [width, depth] }) =>
        `${name}  at ${x}, ${y} m, ${width} by ${depth} m`,
    ),
  ];
}

function gridLines(marked: readonly Marked[], columns: number, colors: Colors): readonly string[] {
  const width = Math.max(NARROWEST_CELL, Math.min(WIDEST_CELL, Math.floor((columns - 1) / SIDE)));
  return Array.from({ length: SIDE }, (_, row) =>
    Array.from({ length: SIDE }, (__, column) => {
      const here = marked.filter((one) => one.row === row && one.column === column);
      const [first] = here;
      if (first === undefined) return colors.dim(EMPTY.padEnd(width));
      const more = here.length === 1 ? '' : `+${here.length - 1}`;
      const text = `${first.text.slice(0, width - 1 - more.length)}${more}`;
      return colors.cyan(text.padEnd(width));
    })
      .join('')
      .trimEnd(),
  );
}
