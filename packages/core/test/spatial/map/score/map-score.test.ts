import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { greedyMatches } from '../../../../src/spatial/map/match/greedy-matches.ts';
import { scoreMap } from '../../../../src/spatial/map/score/map-score.ts';

const cell = fc.tuple(fc.integer({ min: -3, max: 12 }), fc.integer({ min: -3, max: 12 }));
const cells = fc.array(cell, { maxLength: 7 });
const map = fc.dictionary(fc.constantFrom('bed', 'chair', 'TV', 'lamp'), cells);

describe('the map score', () => {
  test('is 1 for the truth itself and stays within 0 and 1', () => {
    fc.assert(
      fc.property(map, map, (imagined, truth) => {
        expect(scoreMap(truth, truth)).toBeCloseTo(1);
        const score = scoreMap(imagined, truth);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });

  test.each([
    [{ chair: [[0, 0]] }, { chair: [[9, 9]] }, 0.1],
    [
      { chair: [[1, 2]] },
      {
        chair: [
          [1, 2],
          [7, 8],
        ],
      },
      1 / 2,
    ],
    [
      {
        chair: [
          [1, 2],
          [7, 8],
          [5, 5],
        ],
      },
      { chair: [[1, 2]] },
      1 / 3,
    ],
    [{ chair: [[1, 2]], lamp: [[3, 3]] }, { chair: [[1, 2]] }, 1],
    [
      { chair: [[1, 2]] },
      {
        chair: [[1, 2]],
        table: [
          [3, 3],
          [4, 4],
          [5, 5],
        ],
      },
      1 / 4,
    ],
    [{}, { chair: [[1, 2]] }, 0],
    [{}, {}, 1],
  ])('%j against %j', (imagined, truth, score) =>
    expect(scoreMap(imagined, truth)).toBeCloseTo(score),
  );

  test('the case of a category matters to the reference only', () => {
    const [imagined, truth] = [{ tv: [[3, 3]] }, { TV: [[3, 3]] }];
    expect(scoreMap(imagined, truth)).toBe(1);
    expect(scoreMap(imagined, truth, { compat: 'spacer' })).toBe(0);
  });

  test('what the reference cannot compute is its error, and scores 0 otherwise', () => {
    const none = { chair: [] };
    const far = { chair: [[Infinity, 0]] };
    const near = { chair: [[0, 0]] };
    expect(scoreMap(near, none)).toBe(0);
    expect(() => scoreMap(near, none, { compat: 'spacer' })).toThrow('no points');
    expect(scoreMap(far, near)).toBe(0);
    expect(() => scoreMap(far, near, { compat: 'spacer' })).toThrow('range of a double');
  });

  test('a broken grid or point is an error', () => {
    expect(() => scoreMap({}, {}, { grid: 0 })).toThrow('positive');
    expect(() => scoreMap({ a: [[1]] }, { a: [[1, 2]] })).toThrow('two coordinates');
  });

  test('surplus categories cost on demand', () => {
    const imagined = {
      chair: [[1, 2]],
      lamp: [
        [3, 3],
        [4, 4],
      ],
    };
    expect(scoreMap(imagined, { chair: [[1, 2]] }, { surplusWeight: 0.5 })).toBeCloseTo(0.5);
  });
});

describe('greedy matching', () => {
  test('is that of all pairs sorted, whatever the sizes', () => {
    fc.assert(
      fc.property(cells, cells, (predicted, truth) => {
        expect(greedyMatches(predicted, truth)).toEqual(sortedMatching(predicted, truth));
      }),
    );
  });

  test('a hundred thousand points are matched too', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => [index % 97, index % 89] as const);
    expect(greedyMatches(many, many.slice(0, 20))).toHaveLength(20);
  });
});

/** The rule as it is stated. */
function sortedMatching(
  predicted: readonly (readonly [number, number])[],
  truth: readonly (readonly [number, number])[],
) {
  const pairs = predicted.flatMap(([x, y], i) =>
    truth.map(([u, v], j) => ({
      predicted: i,
      true: j,
      distance: Math.sqrt((x - u) ** 2 + (y - v) ** 2),
    })),
  );
  pairs.sort((a, b) => a.distance - b.distance || a.predicted - b.predicted || a.true - b.true);
  const free = { predicted: new Set(predicted.keys()), true: new Set(truth.keys()) };
  return pairs.filter(
    (pair) =>
      free.predicted.has(pair.predicted) &&
      free.true.has(pair.true) &&
      free.predicted.delete(pair.predicted) &&
      free.true.delete(pair.true),
  );
}
