import { expect, test } from '@jest/globals';
import type { ScorableItem } from '@loci/core';
import { judgeSpatialAnswer } from '../src/judge-spatial-answer.ts';

const ITEM: ScorableItem = {
  ...{ id: 'i', task: 'counting', groups: {}, question: 'How many?', options: [] },
  answer: '<answer>2</answer>',
  sceneMap: {
    format: 'boxes',
    boxes: [
      { name: 'chair', centre: [0, 2], size: [0.5, 0.5] },
      { name: 'bed', centre: [2, 3], size: [1.6, 2] },
    ],
  },
};

test('a map in another form is measured beside the answer', () => {
  const judged = (map: string) =>
    judgeSpatialAnswer(ITEM, `<think>${map}</think><answer>2</answer>`).measures;
  expect(judged('<map>{"bed":[[2,3,1.6,2]],"chair":[[0,2,0.5,0.5]]}</map>')).toEqual({
    format: 1,
    map: 1,
  });
  expect(judged('<map>{"bed":[[2,3,1.6,2]]}</map>')).toMatchObject({ map: 0.1 });
  expect(judged('no map')).toEqual({ format: 1, map: 0 });
});
