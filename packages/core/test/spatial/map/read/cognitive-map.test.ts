import { expect, test } from '@jest/globals';
import {
  byLowerCaseCategory,
  clipToGrid,
  countInstances,
  formatCognitiveMap,
} from '../../../../src/spatial/map/read/cognitive-map.ts';
import { mediaStem } from '../../../../src/spatial/media-stem.ts';
import type { CognitiveMap } from '../../../../src/spec/index.ts';

test('names that differ only in case are one category', () => {
  const map: CognitiveMap = { TV: [[1, 2]], tv: [[3, 4]] };
  expect([...byLowerCaseCategory(map)]).toEqual([
    [
      'tv',
      [
        [1, 2],
        [3, 4],
      ],
    ],
  ]);
  expect(countInstances(map)).toBe(2);
});

test('a map is written in one order', () => {
  expect(
    formatCognitiveMap({
      desk: [[5, 5]],
      chair: [
        [2, 9],
        [2, 4],
        [0, 7],
      ],
    }),
  ).toBe('{"chair":[[0,7],[2,4],[2,9]],"desk":[[5,5]]}');
});

test('cells are moved onto the grid', () => {
  expect(
    clipToGrid({
      chair: [
        [-2, 12],
        [3, 9],
      ],
    }),
  ).toEqual({
    chair: [
      [0, 9],
      [3, 9],
    ],
  });
});

test.each([
  ['d/scene0001_00.mp4', 'scene0001_00'],
  ['scene0001_00', 'scene0001_00'],
  ['x/a.tar.gz', 'a.tar'],
  ['x.y/.mp4', '.mp4'],
  ['..a.b', '..a'],
])('the stem of %s is %s', (path, stem) => expect(mediaStem(path)).toBe(stem));
