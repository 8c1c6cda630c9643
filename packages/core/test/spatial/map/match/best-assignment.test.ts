import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { linearSumAssignment } from 'linear-sum-assignment';
import { bestAssignment } from '../../../../src/spatial/map/match/best-assignment.ts';
import type { CreditMatrix } from '../../../../src/spatial/map/match/best-assignment.ts';

/** Whole numbers make ties, and fractions of any size none. */
const credit = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.double({ min: -1e3, max: 1e3, noNaN: true }),
);

const matrices = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 12 }))
  .chain(([rows, more]) =>
    fc
      .array(credit, { minLength: rows * (rows + more), maxLength: rows * (rows + more) })
      .map((credits): CreditMatrix => ({
        credits: Float64Array.from(credits),
        rows,
        columns: rows + more,
      })),
  );

const worth = ({ credits, columns }: CreditMatrix, chosen: readonly number[]): number =>
  chosen.reduce((sum, column, row) => sum + credits[row * columns + column]!, 0);

test('an assignment is worth what another implementation finds, and no column is taken twice', () => {
  fc.assert(
    fc.property(matrices, (matrix) => {
      const { credits, rows, columns } = matrix;
      const chosen = bestAssignment(matrix);
      expect(chosen).toHaveLength(rows);
      expect(new Set(chosen).size).toBe(rows);
      const lines = Array.from({ length: rows }, (_, row) =>
        credits.subarray(row * columns, (row + 1) * columns),
      );
      const other = [...linearSumAssignment(lines, { maximaze: true }).rowAssignments];
      expect(worth(matrix, chosen)).toBeCloseTo(worth(matrix, other), 6);
    }),
    { numRuns: 300 },
  );
});

test('a hundred points are assigned too: each to itself when that is worth most', () => {
  const size = 100;
  const credits = Float64Array.from({ length: size * size }, (_, at) =>
    at % (size + 1) === 0 ? 1 : 0.999,
  );
  const chosen = bestAssignment({ credits, rows: size, columns: size });
  expect(chosen).toEqual(Array.from({ length: size }, (_, index) => index));
});
