/** The assignment of rows to columns that is worth most: by trying all when they are few, else by shortest augmenting paths. */

/** Up to this many combinations, trying all is faster than the algorithm. */
const MOST_TRIED = 800;

/** Credits of all pairs, row by row: `credits[row · columns + column]`. */
export interface CreditMatrix {
  readonly credits: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * The column of each row such that the credits add up to the most, every row having a column of its own (Crouse, "On implementing
 * 2D rectangular assignment algorithms", IEEE TAES 52, 2016).
 *
 * @throws RangeError when there are more rows than columns, or a credit is not finite.
 */
export function bestAssignment(matrix: CreditMatrix): readonly number[] {
  const { credits, rows, columns } = matrix;
  if (rows > columns) {
    throw new RangeError(`${rows} rows cannot have a column each when there are ${columns}.`);
  }
  if (!credits.every(Number.isFinite)) throw new RangeError('Every credit must be finite.');
  if (rows === 0) return [];
  if (columns ** rows <= MOST_TRIED) return byTrying(matrix);
  return byPaths(matrix);
}

/** Each row in turn takes the free column that the shortest path of changed minds leads to (Crouse 2016, section II). */
function byPaths({ credits, rows, columns }: CreditMatrix): readonly number[] {
  const columnOf = new Int32Array(rows).fill(-1);
  const rowOf = new Int32Array(columns).fill(-1);
  const rowPrices = new Float64Array(rows);
  const columnPrices = new Float64Array(columns);
  for (let start = 0; start < rows; start++) {
    const costs = new Float64Array(columns).fill(Infinity);
    const cameFrom = new Int32Array(columns).fill(start);
    const seen: number[] = [];
    const unseen = new Set(rowOf.keys());
    let row = start;
    let cost = 0;
    let end = -1;
    while (row !== -1) {
      let closest = -1;
      for (const column of unseen) {
        const reached =
          cost - credits[row * columns + column]! - rowPrices[row]! - columnPrices[column]!;
        if (reached < costs[column]!) {
          costs[column] = reached;
          cameFrom[column] = row;
        }
        if (closest === -1 || costs[column]! < costs[closest]!) closest = column;
      }
      cost = costs[closest]!;
      seen.push(closest);
      unseen.delete(closest);
      end = closest;
      row = rowOf[closest]!;
    }
    rowPrices[start]! += cost;
    for (const column of seen) {
      const saved = cost - costs[column]!;
      if (column !== end) rowPrices[rowOf[column]!]! += saved;
      columnPrices[column]! -= saved;
    }
    for (let column = end, taker = -1; taker !== start;) {
      taker = cameFrom[column]!;
      const left = columnOf[taker]!;
      columnOf[taker] = column;
      rowOf[column] = taker;
      column = left;
    }
  }
  return [...columnOf];
}

function byTrying({ credits, rows, columns }: CreditMatrix): readonly number[] {
  const current: number[] = [];
  const taken = new Uint8Array(columns);
  let best: readonly number[] = [];
  let most = -Infinity;
  const assign = (row: number, sum: number): void => {
    if (row === rows) {
      if (sum > most) [most, best] = [sum, [...current]];
      return;
    }
    for (let column = 0; column < columns; column++) {
      if (taken[column] === 1) continue;
      taken[column] = 1;
      current[row] = column;
      assign(row + 1, sum + credits[row * columns + column]!);
      taken[column] = 0;
    }
  };
  assign(0, 0);
  return best;
}
