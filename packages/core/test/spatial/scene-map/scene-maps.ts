/** Small scene maps for tests. */
import type { BoxMap, ViewMap } from '../../../src/spec/index.ts';

export const VIEWS: ViewMap = {
  format: 'mindcube',
  objects: [
    { name: 'chair 1', position: [2, 3], facing: 'right' },
    { name: 'chair 2', position: [7, 2], facing: 'down' },
    { name: 'table', position: [5, 6] },
  ],
  views: [{ name: 'view 1', position: [4, 9], facing: 'up' }],
};

export const BOXES: BoxMap = {
  format: 'boxes',
  boxes: [
    { name: 'chair', centre: [-1.5, 2], size: [0.5, 0.6] },
    { name: 'chair', centre: [1.5, 1], size: [0.5, 0.6] },
    { name: 'bed', centre: [0.4, 4], size: [1.6, 2] },
  ],
};
