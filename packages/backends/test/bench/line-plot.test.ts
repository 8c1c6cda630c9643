import { expect, test } from '@jest/globals';
import { linePlot, roundUp } from '../../src/bench/line-plot.ts';

test('ticks are round', () => {
  expect([0.012, 1, 1.1, 3, 7, 130].map(roundUp)).toEqual([0.02, 1, 2, 5, 10, 200]);
  expect(roundUp(0)).toBe(1);
});

test('the axes begin at 0, and the greatest point is within them', () => {
  const points = [
    [0, 0],
    [10, 100],
  ] as const;
  const svg = linePlot('cost < time', 'G', 'ms', [{ name: 'step', points }]);
  expect(svg).toContain('<polyline points="60.0,350.0 610.0,40.0"');
  expect(svg).toContain('cost &lt; time');
  expect(svg.match(/stroke="#ddd"/g)).toHaveLength(6);
});

test('names of lines that end close to each other stay readable', () => {
  const line = (name: string, end: number) => ({ name, points: [[0, 0], [10, end]] as const }); // prettier-ignore
  const svg = linePlot('cost', 'G', 'ms', [line('a', 100), line('b', 99), line('c', 50)]);
  const heights = ['a', 'b', 'c'].map((name) =>
    Number(new RegExp(`y="([\\d.]+)" dx="8"[^>]*>${name}<`).exec(svg)![1]),
  );
  expect(heights[1]! - heights[0]!).toBeGreaterThanOrEqual(13);
  expect(heights[1]).toBeCloseTo(43.1);
  expect(heights[2]).toBeCloseTo(195);
});
