import { describe, expect, test } from '@jest/globals';
import {
  inverseSymmetry,
  MAP_SYMMETRIES,
  moveCell,
  moveMap,
  symmetriesOfQuestion,
  symmetryElements,
} from '../../../../src/spatial/map/score/map-symmetries.ts';

const ALL = symmetryElements('quarter-turns-and-mirrors');

test('the groups have 1, 4 and 8 elements, each once, and begin with none at all', () => {
  const corner = [1, 3] as const;
  expect(
    MAP_SYMMETRIES.map(
      (symmetries) =>
        new Set(symmetryElements(symmetries).map((one) => `${moveCell(corner, one)}`)).size,
    ),
  ).toEqual([1, 4, 8]);
  for (const symmetries of MAP_SYMMETRIES) {
    expect(moveCell(corner, symmetryElements(symmetries)[0]!)).toEqual(corner);
  }
});

test('a quarter turn goes round the centre of the grid', () => {
  const turn = { quarterTurns: 1, mirrored: false } as const;
  expect(moveCell([0, 0], turn)).toEqual([9, 0]);
  expect(moveCell([0, 0], turn, 5)).toEqual([4, 0]);
  expect(moveMap({ bed: [[2, 1]] }, { quarterTurns: 0, mirrored: true })).toEqual({
    bed: [[7, 1]],
  });
});

test.each(ALL)('%j is undone by its inverse', (symmetry) => {
  const there = moveCell([2, 7], symmetry);
  expect(moveCell(there, inverseSymmetry(symmetry))).toEqual([2, 7]);
});

describe('what a question allows', () => {
  const of = (questionKind: string) =>
    symmetriesOfQuestion({ questionKind, problem: '', options: [] });

  test.each([
    ['relative-direction-hard', 'quarter-turns'],
    ['object_rel_direction_easy', 'quarter-turns'],
    ['route_planning', 'quarter-turns'],
    ['obj_appearance_order', 'quarter-turns'],
    ['appearance-order', 'quarter-turns'],
    ['absolute-distance', 'quarter-turns-and-mirrors'],
    ['object_rel_distance', 'quarter-turns-and-mirrors'],
    ['counting', 'quarter-turns-and-mirrors'],
    ['room_size_estimation', 'quarter-turns-and-mirrors'],
    ['compass-direction', 'none'],
    ['something-else', 'none'],
  ])('of the kind %s: %s', (kind, symmetries) => expect(of(kind)).toBe(symmetries));

  test.each([
    ['How many chairs are in this room?', [], 'quarter-turns-and-mirrors'],
    ['What is the distance between the bed and the desk?', [], 'quarter-turns-and-mirrors'],
    ['Standing at the bed, where is the lamp?', ['A. left', 'B. right'], 'quarter-turns'],
    ['What will be the first-time appearance order of these?', [], 'quarter-turns'],
    ['How many chairs stand at the north wall?', [], 'none'],
    ['In which cell of the map is the bed?', [], 'none'],
    ['What colour is the sofa?', ['A. red', 'B. blue'], 'none'],
  ])('%j %j without a kind: %s', (problem, options, symmetries) =>
    expect(symmetriesOfQuestion({ problem, options })).toBe(symmetries),
  );
});
