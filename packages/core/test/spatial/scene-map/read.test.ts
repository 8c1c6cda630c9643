import { describe, expect, test } from '@jest/globals';
import { formatSceneMap, sceneMapNames } from '../../../src/spatial/scene-map/format.ts';
import { readSceneMap } from '../../../src/spatial/scene-map/read.ts';
import { sceneMapSchema } from '../../../src/spatial/scene-map/schema.ts';
import { LONG_TEXTS, ODD_TEXTS } from '../../../src/reward-contract/texts.ts';
import { BOXES, VIEWS } from './scene-maps.ts';

describe.each([VIEWS, BOXES])('$format', (map) => {
  test('what is written is read back, wherever it stands and however it is wrapped', () => {
    const text = formatSceneMap(map);
    const wrapped = [
      `<think><map>${text}</map></think><answer>A</answer>`,
      `<map>${text}</map><think>so</think><answer>A</answer>`,
      `<cogmap>\n\`\`\`json\n${text}\n\`\`\`\n</cogmap>`,
    ];
    for (const completion of wrapped) {
      const read = readSceneMap(completion, map.format);
      expect('fault' in read ? read.fault : formatSceneMap(read)).toBe(text);
    }
    expect(sceneMapSchema.parse(map)).toEqual(map);
  });

  test('no text breaks the reader', () => {
    for (const text of [...ODD_TEXTS, ...LONG_TEXTS]) {
      expect(readSceneMap(text, map.format)).toHaveProperty('fault');
    }
  });
});

test('the plain form of MindCube is keyed by name', () => {
  const text = '<map>{"sofa": {"position": [1, 2], "facing": "Up"}, "lamp": [3, 4]}</map>';
  expect(readSceneMap(text, 'mindcube')).toEqual({
    format: 'mindcube',
    objects: [
      { name: 'sofa', position: [1, 2], facing: 'up' },
      { name: 'lamp', position: [3, 4] },
    ],
    views: [],
  });
});

test('entries that are no places are left out, and a map of nothing else is none', () => {
  const text = (json: string) => `<map>${json}</map>`;
  expect(
    readSceneMap(
      text('{"objects":[{"name":"a","position":[1]},{"name":"b","position":[1,2]}]}'),
      'mindcube',
    ),
  ).toMatchObject({ objects: [{ name: 'b' }] });
  expect(readSceneMap(text('{"bed":[[0,0,1,2],[0,0,-1,2],[1,2]]}'), 'boxes')).toMatchObject({
    boxes: [{ name: 'bed', size: [1, 2] }],
  });
  expect(readSceneMap(text('{"bed": "there"}'), 'boxes')).toEqual({
    fault: 'the map places nothing',
  });
  expect(readSceneMap('<map>chair at 2, 3</map>', 'boxes')).toEqual({
    fault: 'the map is no JSON object',
  });
  expect(readSceneMap('I see', 'boxes')).toEqual({ fault: 'no map' });
});

test('names come once, in order, views last', () => {
  expect(sceneMapNames(VIEWS)).toEqual(['chair 1', 'chair 2', 'table', 'view 1']);
  expect(sceneMapNames(BOXES)).toEqual(['bed', 'chair']);
});
