import { describe, expect, test } from '@jest/globals';
import picocolors from 'picocolors';
import { mapDrawing } from '../../src/ask/map-picture.ts';
import { mapLines } from '../../src/ask/map-text.ts';

const plain = picocolors.createColors(false);
const map = {
  sofa: [
    [0, 9],
    [3, 0],
  ],
  'coffee table': [[3, 0]],
  lamp: [[12, 4]],
} as const;

describe('a map in characters', () => {
  test('columns go right, rows go up, names stand in their cells and below', () => {
    const lines = mapLines(map, 80, plain);
    const [top] = lines;
    expect(lines).toHaveLength(10 + 1 + 1 + 3);
    expect(top).toMatch(/^ 9 sofa {3}·/);
    expect(lines[9]).toContain('sofa+1');
    expect(lines.slice(12)).toEqual([
      'coffee table  [3,0]',
      'lamp          [12,4]',
      'sofa          [0,9] [3,0]',
    ]);
  });

  test.each([30, 44, 80, 120, 200])('it keeps within %d columns, or its least width', (columns) => {
    const widest = Math.max(...mapLines(map, columns, plain).map((line) => line.length));
    expect(widest).toBeLessThanOrEqual(Math.max(columns, 43));
  });

  test('the picture names every object below the grid', () => {
    const drawing = mapDrawing(map);
    expect(drawing).toContain('>coffee table [3,0]</text>');
    expect(drawing).toContain('>sofa [0,9] [3,0]</text>');
    expect(mapDrawing({ '<b>': [[1, 1]] })).toContain('&lt;b&gt; [1,1]');
  });
});
