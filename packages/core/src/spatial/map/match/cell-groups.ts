/** The points of a list, put together by cell. */
import type { Cell } from '../../../spec/index.ts';

/** Points that lie in the same cell. */
export interface CellGroup {
  readonly cell: Cell;
  /** Where they stand in the list, ascending; never empty. */
  readonly indices: readonly number[];
}

/** The points by cell, in the order in which the cells first appear. */
export function groupByCell(cells: readonly Cell[]): readonly CellGroup[] {
  const columns = new Map<number, Map<number, number[]>>();
  const groups: CellGroup[] = [];
  for (let index = 0; index < cells.length; index++) {
    const cell = cells[index]!;
    let column = columns.get(cell[0]);
    if (column === undefined) columns.set(cell[0], (column = new Map()));
    const known = column.get(cell[1]);
    if (known !== undefined) {
      known.push(index);
      continue;
    }
    const indices = [index];
    column.set(cell[1], indices);
    groups.push({ cell, indices });
  }
  return groups;
}
