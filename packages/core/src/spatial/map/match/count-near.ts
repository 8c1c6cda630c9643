/** How many true points have a near predicted point of their own. */
import type { Cell } from '../../../spec/index.ts';
import { groupByCell } from './cell-groups.ts';

/** A true cell and the predicted cells near it, by their positions, with how many points of each it holds. */
interface TrueCell {
  readonly count: number;
  readonly near: readonly number[];
  readonly held: Map<number, number>;
}

/** Up to this product of the points and the true ones, squared, the paths are looked for point by point, which is quicker for few. */
const MOST_BY_POINT = 20_000;

/**
 * The most true points that can each have a predicted point of their own at most one column and one row away (augmenting paths,
 * cell by cell: equal points go the same way together).
 */
export function countNear(cells: readonly Cell[], trueCells: readonly Cell[]): number {
  if (cells.length * trueCells.length ** 2 <= MOST_BY_POINT) return countByPoint(cells, trueCells);
  const groups = groupByCell(cells);
  const room = groups.map(({ indices }) => indices.length);
  const find = nearFinder(groups.map(({ cell }) => cell));
  const owners: TrueCell[] = groupByCell(trueCells).map(({ cell, indices }) => ({
    count: indices.length,
    near: find(cell),
    held: new Map(),
  }));
  const ownersNear = groups.map((): TrueCell[] => []);
  for (const owner of owners) for (const at of owner.near) ownersNear[at]!.push(owner);
  let total = 0;
  for (const owner of owners) {
    for (let left = owner.count; left > 0;) {
      const moved = claim(owner, left, room, ownersNear);
      if (moved === 0) break;
      left -= moved;
      total += moved;
    }
  }
  return total;
}

function countByPoint(cells: readonly Cell[], trueCells: readonly Cell[]): number {
  const ownerOf = new Map<number, number>();
  const claim = (owner: number, visited: Set<number>): boolean =>
    cells.some((cell, index) => {
      if (visited.has(index) || !isNear(cell, trueCells[owner]!)) return false;
      visited.add(index);
      const rival = ownerOf.get(index);
      if (rival !== undefined && !claim(rival, visited)) return false;
      ownerOf.set(index, owner);
      return true;
    });
  return trueCells.filter((_, owner) => claim(owner, new Set())).length;
}

function isNear([x, y]: Cell, [trueX, trueY]: Cell): boolean {
  return Math.abs(x - trueX) <= 1 && Math.abs(y - trueY) <= 1;
}

/** Takes points for an owner, if need be from owners that find other points. @returns How many; 0 when there is no way. */
function claim(
  owner: TrueCell,
  wanted: number,
  room: number[],
  ownersNear: readonly (readonly TrueCell[])[],
): number {
  const takerOf = new Map<number, TrueCell>();
  const gaveUp = new Map<TrueCell, number>();
  const waiting = [owner];
  for (const taker of waiting) {
    for (const at of taker.near) {
      if (takerOf.has(at)) continue;
      takerOf.set(at, taker);
      if (room[at]! > 0) return move(owner, wanted, at, room, takerOf, gaveUp);
      for (const rival of ownersNear[at]!) {
        if (rival === owner || gaveUp.has(rival) || (rival.held.get(at) ?? 0) === 0) continue;
        gaveUp.set(rival, at);
        waiting.push(rival);
      }
    }
  }
  return 0;
}

/** Moves as many points along the path to a cell with room as each of its steps has. */
function move(
  owner: TrueCell,
  wanted: number,
  end: number,
  room: number[],
  takerOf: ReadonlyMap<number, TrueCell>,
  gaveUp: ReadonlyMap<TrueCell, number>,
): number {
  let amount = Math.min(wanted, room[end]!);
  for (let taker = takerOf.get(end)!; taker !== owner;) {
    const left = gaveUp.get(taker)!;
    amount = Math.min(amount, taker.held.get(left)!);
    taker = takerOf.get(left)!;
  }
  room[end]! -= amount;
  for (let at = end; ;) {
    const taker = takerOf.get(at)!;
    taker.held.set(at, (taker.held.get(at) ?? 0) + amount);
    if (taker === owner) return amount;
    at = gaveUp.get(taker)!;
    taker.held.set(at, taker.held.get(at)! - amount);
  }
}

/** Finds the cells at most one column and one row away from another one. */
function nearFinder(cells: readonly Cell[]): (cell: Cell) => readonly number[] {
  const buckets = new Map<number, Map<number, number[]>>();
  cells.forEach(([x, y], at) => {
    const column = buckets.get(Math.floor(x)) ?? new Map<number, number[]>();
    buckets.set(Math.floor(x), column);
    const bucket = column.get(Math.floor(y));
    if (bucket === undefined) column.set(Math.floor(y), [at]);
    else bucket.push(at);
  });
  return ([x, y]) => {
    // Two further, because a distance of 1 may have been rounded.
    const around = (value: number): ReadonlySet<number> =>
      new Set([-2, -1, 0, 1, 2].map((step) => Math.floor(value) + step));
    const near: number[] = [];
    for (const bucketX of around(x)) {
      for (const bucketY of around(y)) {
        for (const at of buckets.get(bucketX)?.get(bucketY) ?? []) {
          if (isNear(cells[at]!, [x, y])) near.push(at);
        }
      }
    }
    return near;
  };
}
