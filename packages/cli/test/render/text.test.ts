import { describe, expect, test } from '@jest/globals';
import { LociError } from '@loci/core';
import { errorText } from '../../src/render/error-text.ts';
import { formatDifference, formatDuration, formatFigure } from '../../src/render/format.ts';
import { renderTable } from '../../src/render/table.ts';

describe('text', () => {
  test('figures keep about three digits', () => {
    expect([0.7341, 12.34, 1234.4, 0, 0.000012, Number.NaN].map(formatFigure)).toEqual([
      '0.734',
      '12.3',
      '1234',
      '0.000',
      '1.2e-5',
      '–',
    ]);
    expect([0.04, -0.04].map(formatDifference)).toEqual(['+0.040', '-0.040']);
  });

  test('durations', () => {
    expect([2_400, 125_000, 3_840_000, -5].map(formatDuration)).toEqual([
      '2 s',
      '2 min 05 s',
      '1 h 04 min',
      '0 s',
    ]);
  });

  test('tables align words left and figures right', () => {
    expect(renderTable(['kind', 'before'], [['counting', '0.4']])).toBe(
      'kind      before\n--------  ------\ncounting     0.4',
    );
  });

  test('a table that is too wide wraps its titles, then continues below with its first column', () => {
    const header = ['', 'before', 'change [95 % interval]', 'blank video'];
    const rows = [['reward: answer', '0.621', '+0.017 [-0.005, +0.039]', '0.071']];
    const whole = renderTable(header, rows);
    expect(whole.split('\n')[0]).toHaveLength(14 + 2 + 6 + 2 + 23 + 2 + 11);
    expect(renderTable(header, rows, 60)).toBe(whole);
    expect(renderTable(header, rows, 56).split('\n')).toEqual([
      '                                                 blank',
      '                before   change [95 % interval]  video',
      '--------------  ------  -----------------------  -----',
      'reward: answer   0.621  +0.017 [-0.005, +0.039]  0.071',
    ]);
    const narrow = renderTable(header, rows, 50);
    expect(narrow.split('\n').every((line) => line.length <= 50)).toBe(true);
    expect(narrow.split('\n\n')).toHaveLength(2);
    expect(narrow.match(/reward: answer/g)).toHaveLength(2);
    for (const cell of [...rows[0]!, 'before', 'blank', 'video']) expect(narrow).toContain(cell);
  });

  test('an expected failure is one message without a stack, a defect shows its stack', () => {
    expect(
      errorText(new LociError('config-invalid', 'config.yaml:3:5: steps must be positive')),
    ).toBe('error config-invalid: config.yaml:3:5: steps must be positive');
    const defect = errorText(new TypeError('x is undefined'));
    expect(defect).toContain('unexpected error');
    expect(defect).toMatch(/\n\s+at /);
  });
});
