import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bestAssignment } from '../../../../src/spatial/map/match/best-assignment.ts';
import { greedyMatches } from '../../../../src/spatial/map/match/greedy-matches.ts';
import { matchCredit } from '../../../../src/spatial/map/match/match-credit.ts';
import { optimalCredit } from '../../../../src/spatial/map/match/optimal-credit.ts';
import type { Cell } from '../../../../src/spec/index.ts';

const cell = fc.tuple(fc.integer({ min: -3, max: 12 }), fc.integer({ min: -3, max: 12 }));
const cells = (maxLength: number) => fc.array(cell, { maxLength });

const worth = (matches: readonly { readonly distance: number }[]): number =>
  matches.reduce((sum, { distance }) => sum + matchCredit(distance), 0);

/** The most that any pairing earns, by trying all of them. */
function mostByTrying(predicted: readonly Cell[], truth: readonly Cell[]): number {
  const [point, ...rest] = predicted;
  if (point === undefined) return 0;
  return Math.max(
    mostByTrying(rest, truth),
    ...truth.map(
      ([x, y], index) =>
        matchCredit(Math.hypot(point[0] - x, point[1] - y)) +
        mostByTrying(rest, truth.toSpliced(index, 1)),
    ),
  );
}

describe('the worth of a match', () => {
  test('falls strictly and is convex, so that a row of objects cannot share an error', () => {
    const worths = Array.from({ length: 400 }, (_, index) => matchCredit(index / 20));
    expect(worths[0]).toBe(1);
    for (let index = 1; index + 1 < worths.length; index++) {
      expect(worths[index]!).toBeLessThan(worths[index - 1]!);
      expect(worths[index]! * 2).toBeLessThanOrEqual(worths[index - 1]! + worths[index + 1]!);
    }
    expect(matchCredit(4)).toBeCloseTo(1 / 9, 2);
    expect(matchCredit(2, 2)).toBeCloseTo(matchCredit(4, 4), 12);
  });

  test('is nothing at no distance that can be told', () => {
    for (const distance of [Infinity, NaN, 1e300]) expect(matchCredit(distance)).toBe(0);
  });
});

describe('optimal matching', () => {
  test('earns what the best of all pairings earns, and no less than the greedy one', () => {
    fc.assert(
      fc.property(cells(6), cells(5), (predicted, truth) => {
        const credit = optimalCredit(predicted, truth);
        expect(credit).toBeCloseTo(mostByTrying(predicted, truth), 9);
        const greedy = worth(greedyMatches(predicted, truth));
        expect(credit).toBeGreaterThanOrEqual(greedy - 1e-12);
      }),
    );
  });

  test('beats the greedy one where the nearest pair leaves a bad one over', () => {
    const truth: readonly Cell[] = [
      [0, 0],
      [3, 0],
    ];
    const predicted: readonly Cell[] = [
      [2, 0],
      [5, 0],
    ];
    expect(greedyMatches(predicted, truth).map(({ distance }) => distance)).toEqual([1, 5]);
    expect(optimalCredit(predicted, truth)).toBeCloseTo(2 * matchCredit(2), 12);
    expect(optimalCredit(predicted, truth)).toBeGreaterThan(worth(greedyMatches(predicted, truth)));
  });

  test('the few nearest of many points are enough', () => {
    const many = fc.array(cell, { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(many, fc.array(cell, { minLength: 1, maxLength: 4 }), (predicted, truth) => {
        const credits = Float64Array.from(
          truth.flatMap(([x, y]) =>
            predicted.map(([column, row]) => matchCredit(Math.hypot(column - x, row - y))),
          ),
        );
        const columns = bestAssignment({
          credits,
          rows: truth.length,
          columns: predicted.length,
        });
        const most = columns.reduce(
          (sum, column, row) => sum + credits[row * predicted.length + column]!,
          0,
        );
        expect(optimalCredit(predicted, truth)).toBeCloseTo(most, 9);
      }),
    );
  });

  test('a hundred thousand points are matched too, also from far to near', () => {
    const many = Array.from({ length: 100_000 }, (_, index): Cell => [100_000 - index, 3]);
    const truth: readonly Cell[] = [
      [1, 3],
      [2, 3],
      [2, 3],
    ];
    expect(optimalCredit(many, truth)).toBeCloseTo(2 * matchCredit(0) + matchCredit(1), 12);
  });

  test('points that are not finite earn nothing', () => {
    const broken: readonly Cell[] = [
      [NaN, 0],
      [Infinity, 0],
      [4, 4],
    ];
    expect(optimalCredit(broken, [[5, 4]])).toBe(matchCredit(1));
    expect(optimalCredit([[NaN, 0]], [[5, 4]])).toBe(0);
    expect(
      optimalCredit(broken.slice(0, 2), [
        [5, 4],
        [1, 1],
      ]),
    ).toBe(0);
  });
});

test('an assignment needs a column for every row, and finite credits', () => {
  expect(bestAssignment({ credits: Float64Array.of(), rows: 0, columns: 3 })).toEqual([]);
  expect(() => bestAssignment({ credits: Float64Array.of(1, 2), rows: 2, columns: 1 })).toThrow(
    'column each',
  );
  expect(() => bestAssignment({ credits: Float64Array.of(NaN), rows: 1, columns: 1 })).toThrow(
    'finite',
  );
});
