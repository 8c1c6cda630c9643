/** The assignment of rows to columns that is worth most: by trying all when they are few, else by shortest augmenting paths. */
import { linearSumAssignment } from 'linear-sum-assignment';

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
  const lines = Array.from({ length: rows }, (_, row) =>
    credits.subarray(row * columns, (row + 1) * columns),
  );
  return [...linearSumAssignment(lines, { maximaze: true }).rowAssignments];
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
