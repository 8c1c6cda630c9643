import { describe, expect, test } from '@jest/globals';
import { medianOf, startupText, timeInTurn, timeProgram } from '../../src/startup/measure.ts';

describe('the time that programs take to start', () => {
  test('programs run in turn, and each has the median of its own runs', () => {
    const order: string[] = [];
    const taken = { a: [5, 1, 3], b: [10, 40, 20] };
    const times = timeInTurn(
      [
        { name: 'a', words: [] },
        { name: 'b', words: [] },
      ],
      3,
      ({ name }) => {
        order.push(name);
        return taken[name as 'a' | 'b'].shift()!;
      },
    );
    expect(order.join('')).toBe('ababab');
    expect(times).toEqual([
      { name: 'a', median: 3 },
      { name: 'b', median: 20 },
    ]);
  });

  test('the median of an even number of values lies between the two in the middle', () => {
    expect(medianOf([4, 1, 3, 10])).toBe(3.5);
    expect(medianOf([2])).toBe(2);
  });

  test('a program is run to its end, and one that fails is an error with its complaint', () => {
    expect(timeProgram({ name: 'empty', words: ['-e', ''] })).toBeGreaterThan(0);
    const failing = { name: 'failing', words: ['-e', 'throw new Error("no disk")'] };
    expect(() => timeProgram(failing)).toThrow(
      expect.objectContaining({
        code: 'program-failed',
        message: expect.stringMatching(/^failing ended with exit code 1: [^]*no disk/),
      }),
    );
  });

  test('each line says how much longer than the first one it took', () => {
    const text = startupText([
      { name: 'empty', median: 40.4 },
      { name: 'loci --help', median: 95.8 },
    ]);
    expect(text).toBe('empty           40 ms\nloci --help     96 ms  55 ms more');
  });
});
