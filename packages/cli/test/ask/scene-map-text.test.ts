import { expect, test } from '@jest/globals';
import type { SceneMap } from '@loci/core';
import { takenApart } from '../../src/ask/answer.ts';
import { sceneMapLines } from '../../src/ask/scene-map-text.ts';

const same = (text: string): string => text;
const plain = new Proxy({}, { get: () => same }) as Parameters<typeof sceneMapLines>[2];

const VIEWS =
  '{"objects":[{"name":"sofa","position":[2,0],"facing":"down"},{"name":"tv","position":[2,0]}],"views":[{"name":"view 1","position":[4,9],"facing":"up"}]}';
const BOXES = '{"bed":[[0.9,1.8,1.6,2]]}';

const mapIn = (drawn: string): SceneMap => {
  const { sceneMap } = takenApart(`<map>${drawn}</map><answer>B</answer>`, []);
  if (sceneMap === undefined) throw new Error('no map was found');
  return sceneMap;
};

test('things, views and facings are drawn from the top', () => {
  const lines = sceneMapLines(mapIn(VIEWS), 80, plain);
  expect(lines[0]).toBe(
    `${'·'.padEnd(7)}${'·'.padEnd(7)}${'↓sof+1'.padEnd(7)}${'·'.padEnd(7).repeat(7)}`.trimEnd(),
  );
  expect(lines[9]).toMatch(/^(?:· +){4}↑view/);
  expect(lines.slice(11)).toEqual(['sofa  [2,0] ↓', 'tv  [2,0]', 'view 1  [4,9] ↑']);
});

test('boxes are drawn ahead of the camera, and named with their meters', () => {
  const lines = sceneMapLines(mapIn(BOXES), 80, plain);
  expect(lines[0]).toMatch(/bed/);
  expect(lines.slice(1, 10).join('')).toContain('↑camer');
  expect(lines.at(-1)).toBe('bed  at 0.9, 1.8 m, 1.6 by 2 m');
  expect(lines.join('\n')).toContain('a cell is 0.2 m');
});

test("SpaceR's map stays what it is", () => {
  const taken = takenApart('<map>{"sofa":[[3,4]]}</map><answer>B</answer>', []);
  expect(taken).toMatchObject({ map: { sofa: [[3, 4]] } });
  expect(taken).not.toHaveProperty('sceneMap');
});
