import { expect, test } from '@jest/globals';
import { mapAccuracy } from '../../../../src/spatial/map/score/map-accuracy.ts';

test('the truth itself is right in every figure', () => {
  const map = {
    chair: [
      [1, 2],
      [7, 8],
    ],
    TV: [[4, 5]],
  } as const;
  expect(mapAccuracy(map, map)).toEqual({ withinOneCell: 1, countAccuracy: 1, meanCellError: 0 });
});

test('every true instance needs a near point of its own', () => {
  const truth = {
    chair: [
      [1, 1],
      [2, 2],
    ],
  } as const;
  expect(mapAccuracy({ chair: [[1, 2]] }, truth).withinOneCell).toBe(0.5);
  expect(
    mapAccuracy(
      {
        chair: [
          [1, 2],
          [0, 0],
        ],
      },
      truth,
    ).withinOneCell,
  ).toBe(1);
});

test('one point is given up for another where both instances can then have one', () => {
  const truth = {
    chair: [
      [1, 1],
      [3, 1],
    ],
  } as const;
  expect(
    mapAccuracy(
      {
        chair: [
          [2, 1],
          [0, 1],
        ],
      },
      truth,
    ).withinOneCell,
  ).toBe(1);
});

test('the cell error is measured on single instances, whatever the case of names', () => {
  const truth = {
    TV: [[0, 0]],
    chair: [[5, 5]],
    bed: [
      [1, 1],
      [2, 2],
    ],
  } as const;
  const imagined = { tv: [[3, 4]], chair: [[5, 6]], bed: [[1, 1]] } as const;
  expect(mapAccuracy(imagined, truth)).toEqual({
    withinOneCell: 2 / 4,
    meanCellError: 3,
    countAccuracy: 2 / 3,
  });
});

test('nothing to measure gives no figure', () => {
  expect(mapAccuracy({ chair: [[1, 1]] }, {})).toEqual({});
  expect(mapAccuracy({}, { chair: [[1, 1]] })).toEqual({ withinOneCell: 0, countAccuracy: 0 });
});

test.each([1e300, 1.7e308, -1.7e308, Infinity])(
  'a cell at %d leaves every figure finite',
  (far) => {
    const figures = mapAccuracy(
      { chair: [[far, -far]], lamp: [[far, 2]], desk: [[3, 4]] },
      { chair: [[1, 2]], lamp: [[1, 2]], desk: [[3, 4]] },
    );
    for (const figure of Object.values(figures)) expect(Number.isFinite(figure)).toBe(true);
    expect(figures.countAccuracy).toBe(1);
  },
);
