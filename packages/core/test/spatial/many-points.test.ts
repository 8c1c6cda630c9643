/** Maps with many points: scored as point by point, and in bounded time. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bestAssignment } from '../../src/spatial/map/match/best-assignment.ts';
import { calibratedMapScore } from '../../src/spatial/map/score/calibrated-map-score.ts';
import { countNear } from '../../src/spatial/map/match/count-near.ts';
import { greedyMatchesByCell } from '../../src/spatial/map/match/greedy-matches-by-cell.ts';
import { greedyMatches } from '../../src/spatial/map/match/greedy-matches.ts';
import { mapAccuracy } from '../../src/spatial/map/score/map-accuracy.ts';
import {
  MOST_MAP_POINTS,
  MOST_TRUE_CELLS,
  mapTooLarge,
} from '../../src/spatial/map/read/map-limits.ts';
import { scoreMap } from '../../src/spatial/map/score/map-score.ts';
import { matchCredit } from '../../src/spatial/map/match/match-credit.ts';
import { optimalCredit } from '../../src/spatial/map/match/optimal-credit.ts';
import type { Cell } from '../../src/spec/index.ts';

const tuple = (min: number, max: number) =>
  fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));
const cell: fc.Arbitrary<Cell> = fc.oneof(
  tuple(0, 9),
  tuple(0, 3),
  tuple(-40, 60),
  fc.tuple(fc.double({ min: -3, max: 12, noNaN: true }), fc.integer({ min: -3, max: 12 })),
);
const cells = (minLength: number, maxLength: number) =>
  fc.array(cell, { minLength, maxLength, size: 'max' });

const distance = ([x, y]: Cell, [trueX, trueY]: Cell): number =>
  Math.sqrt((x - trueX) ** 2 + (y - trueY) ** 2);

/** Point by point, as fewer points are assigned. */
function creditByPoint(predicted: readonly Cell[], truth: readonly Cell[]): number {
  const [rows, columns] =
    predicted.length <= truth.length ? [predicted, truth] : [truth, predicted];
  const credits = Float64Array.from(
    rows.flatMap((row) => columns.map((column) => matchCredit(distance(row, column)))),
  );
  const chosen = bestAssignment({ credits, rows: rows.length, columns: columns.length });
  return chosen.reduce((sum, column, row) => sum + credits[row * columns.length + column]!, 0);
}

/** By augmenting paths, point by point. */
function nearByPoint(points: readonly Cell[], truth: readonly Cell[]): number {
  const ownerOf = new Map<number, number>();
  const claim = (owner: number, visited: Set<number>): boolean =>
    points.some(([x, y], index) => {
      const [trueX, trueY] = truth[owner]!;
      if (visited.has(index) || Math.abs(x - trueX) > 1 || Math.abs(y - trueY) > 1) return false;
      visited.add(index);
      const rival = ownerOf.get(index);
      if (rival !== undefined && !claim(rival, visited)) return false;
      ownerOf.set(index, owner);
      return true;
    });
  return truth.filter((_, owner) => claim(owner, new Set())).length;
}

describe('many points give what they give one by one', () => {
  test('optimal matching', () => {
    fc.assert(
      fc.property(cells(60, 160), cells(75, 130), (predicted, truth) => {
        expect(optimalCredit(predicted, truth)).toBeCloseTo(creditByPoint(predicted, truth), 9);
      }),
      { numRuns: 40 },
    );
  });

  test('greedy matching, pair by pair and in the same order', () => {
    fc.assert(
      fc.property(cells(0, 50), cells(1, 50), (predicted, truth) => {
        const matches = greedyMatches(predicted, truth);
        expect(greedyMatchesByCell(predicted, truth)).toEqual(matches);
      }),
      { numRuns: 200 },
    );
  });

  test('points within one cell', () => {
    fc.assert(
      fc.property(cells(20, 60), cells(20, 60), (points, truth) => {
        expect(countNear(points, truth)).toBe(nearByPoint(points, truth));
      }),
      { numRuns: 100 },
    );
  });
});

describe('time and size are bounded', () => {
  const spread = (count: number, columns: number, step: number): readonly Cell[] =>
    Array.from({ length: count }, (_, at): Cell => [
      (at * step) % columns,
      Math.floor((at * step) / columns) % columns,
    ]);

  test.each([1000, 4000])('two maps of %i points are compared within seconds', (count) => {
    const imagined = { chair: spread(count, 10, 7) };
    const truth = { chair: spread(count, 10, 3).map(([x, y]): Cell => [x, (y * y) % 10]) };
    const start = process.cpuUsage();
    const scored = calibratedMapScore(imagined, truth, { symmetries: 'quarter-turns-and-mirrors' });
    const reference = scoreMap(imagined, truth);
    const { withinOneCell } = mapAccuracy(imagined, truth);
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(30);
    expect(scored.status).toBe('scored');
    expect(reference).toBeGreaterThan(0.5);
    expect(withinOneCell).toBeGreaterThan(0.2);
    const same = calibratedMapScore(truth, truth);
    expect(same).toMatchObject({ status: 'scored', score: 1, credit: 1 });
  });

  test('100,000 imagined points beside a room are looked at once', () => {
    const truth = { chair: spread(40, 10, 7) };
    const start = process.cpuUsage();
    calibratedMapScore({ chair: spread(100_000, 300, 7) }, truth);
    scoreMap({ chair: spread(100_000, 300, 7) }, truth);
    mapAccuracy({ chair: spread(100_000, 300, 7) }, truth);
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(20);
  });

  test('a true map in too many cells is named', () => {
    const truth = spread(MOST_TRUE_CELLS + 1, 90, 1);
    expect(() => optimalCredit(truth, truth)).toThrow(`${MOST_TRUE_CELLS + 1} different cells`);
    expect(() => scoreMap({ chair: truth }, { chair: truth })).toThrow('different cells');
    expect(() => calibratedMapScore({ chair: truth }, { chair: truth })).toThrow('different cells');
  });

  test('a map of too many points is named, whatever its categories', () => {
    const half = spread(MOST_MAP_POINTS / 2, 10, 1);
    expect(mapTooLarge({ chair: half, desk: half }, 'the map')).toBeUndefined();
    expect(mapTooLarge({ chair: half, desk: half, lamp: [[1, 1]] }, 'the map')).toBe(
      `the map has ${MOST_MAP_POINTS + 1} points, and a map may have ${MOST_MAP_POINTS}`,
    );
  });
});
