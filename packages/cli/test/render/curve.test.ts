import { describe, expect, test } from '@jest/globals';
import { brailleCurve, sparkline } from '../../src/render/curve.ts';

const EMPTY = '\u2800';

describe('curves', () => {
  test('a rising line goes from the lowest dot on the left to the highest on the right', () => {
    const values = [0, 0, 1, 1, 2, 2, 3, 3];
    expect(brailleCurve(values, { columns: 4, rows: 1, room: 8 })).toEqual({
      lines: ['⣀⠤⠒⠉'],
      low: 0,
      high: 3,
    });
  });

  test('two rows hold eight heights, and a jump is joined without a gap', () => {
    const { lines } = brailleCurve([0, 7], { columns: 1, rows: 2, room: 2 });
    const [upper = 0, lower = 0] = lines.map((line) => line.charCodeAt(0) - EMPTY.charCodeAt(0));
    // Lowest dot of the left column, highest of the right one, and one dot at each height between.
    expect(lower & 0x40).toBe(0x40);
    expect(upper & 0x08).toBe(0x08);
    const count = (dots: number): number => dots.toString(2).replaceAll('0', '').length;
    expect(count(upper) + count(lower)).toBe(8);
  });

  test('where there is more room than values, the rest of the field is empty', () => {
    const [line = ''] = brailleCurve([1, 2], { columns: 10, rows: 1, room: 20 }).lines;
    expect(line).toHaveLength(10);
    expect(line.slice(1)).toBe(EMPTY.repeat(9));
    expect(line[0]).not.toBe(EMPTY);
  });

  test('more values than columns become their means; a gap is left out; equal values lie in the middle', () => {
    expect(sparkline([0, 2, 1, 3, 6, 8], 3)).toBe('▁▂█');
    expect(sparkline([1, Number.NaN, 2], 4)).toBe('▁█');
    expect(sparkline([5, 5], 2)).toBe('▄▄');
    expect(sparkline([], 5)).toBe('');
  });

  test('no values, no dots', () => {
    const lines = [EMPTY.repeat(2), EMPTY.repeat(2)];
    expect(brailleCurve([], { columns: 2, rows: 2, room: 4 })).toEqual({ lines, low: 0, high: 0 });
  });
});
