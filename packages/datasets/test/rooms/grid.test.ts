import { describe, expect, test } from '@jest/globals';
import { cellOf, cognitiveMapOf } from '../../src/rooms/grid.ts';

describe('the metric grid', () => {
  test('cells are 0.7 m wide, the origin is the middle of the grid', () => {
    expect(cellOf([0, 0])).toEqual([5, 5]);
    expect(cellOf([-0.01, 0.69])).toEqual([4, 5]);
    expect(cellOf([0.71, -0.71])).toEqual([6, 3]);
    expect(cellOf([-3.5, 3.49])).toEqual([0, 9]);
  });

  test('points beyond the grid go to its border', () => {
    expect(cellOf([-9, 9])).toEqual([0, 9]);
  });

  test('maps have their categories in alphabetical order and their points sorted', () => {
    const map = cognitiveMapOf({
      objects: [
        { category: 'sofa', centre: [1, 1] },
        { category: 'chair', centre: [2, 0] },
        { category: 'chair', centre: [-2, 2] },
        { category: 'chair', centre: [-2, -2] },
      ],
    });
    expect(JSON.stringify(map)).toBe('{"chair":[[2,2],[2,7],[7,5]],"sofa":[[6,6]]}');
  });
});
