import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  InfiniteCoordinate,
  bracketedPairs,
  decimalsIn,
  loosePairs,
} from '../../../../src/spatial/map/read/map-numbers.ts';

const PIECES = [
  ...[
    '1',
    '22',
    '0.5',
    '-',
    '-3',
    '.',
    ',',
    ';',
    ' ',
    '\n',
    '\u00a0',
    '[',
    '(',
    '<',
    '{',
    ']',
    ')',
    '>',
    '}',
    'x',
  ],
  ...['[1, 2]', '(3;4)', '1.2.3', '- 4', '9'.repeat(20), '9'.repeat(301), '7'.repeat(299)],
];
const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((some) => some.join(''));

/** The same as expressions: what the functions must find, said another way. */
const NUMBER = '-?\\d+(?:\\.\\d+)?';
const truncated = (number: string) => Math.trunc(Number(number)) + 0;
const pairsBy = (expression: RegExp, some: string) =>
  [...some.matchAll(expression)].flatMap(([, x, y]) =>
    Math.max(x!.length, y!.length) > 300 ? [] : [[truncated(x!), truncated(y!)]],
  );

describe('numbers in running text', () => {
  test.each([
    ['1-2.9', [1, -2]],
    ['--3', [-3]],
    ['-0.5 .5 5.', [0, 5, 5]],
    ['1.2.3', [1, 3]],
    ['2.99999999999999999999', [3]],
    ['', []],
  ])('%j holds %j', (some, numbers) => expect(decimalsIn(some)).toEqual(numbers));

  test('only the first few are read on demand, and one beyond all doubles is an error', () => {
    expect(decimalsIn(`1 2 ${'9'.repeat(400)}`, 2)).toEqual([1, 2]);
    expect(() => decimalsIn('9'.repeat(400))).toThrow(InfiniteCoordinate);
  });

  test('are what an expression finds', () => {
    fc.assert(
      fc.property(text, (some) => {
        const found = [...some.matchAll(new RegExp(NUMBER, 'gu'))].map(([one]) => truncated(one));
        fc.pre(found.every(Number.isFinite));
        expect(decimalsIn(some)).toEqual(found);
      }),
    );
  });
});

describe('pairs in running text', () => {
  test('in brackets', () => {
    expect(bracketedPairs('[1, 2] (3;-4.9) <5 6> {7\u00a0,\n8]')).toEqual([
      [1, 2],
      [3, -4],
      [5, 6],
      [7, 8],
    ]);
    expect(bracketedPairs('[1,2,3] [12] (1-2) ([4,5]')).toEqual([[4, 5]]);
    const expression = new RegExp(
      `[([<{]\\s*(${NUMBER})(?:\\s*[,;]\\s*|\\s+)(${NUMBER})\\s*[)\\]>}]`,
      'gu',
    );
    fc.assert(
      fc.property(text, (some) => {
        expect(bracketedPairs(some)).toEqual(pairsBy(expression, some));
      }),
    );
  });

  test('without brackets', () => {
    expect(loosePairs('1, 2 x 3;-4 and 5-6, 7')).toEqual([
      [1, 2],
      [3, -4],
      [6, 7],
    ]);
    const expression = new RegExp(`(?<!\\d)(${NUMBER})\\s*[,;]\\s*(${NUMBER})`, 'gu');
    fc.assert(
      fc.property(text, (some) => {
        expect(loosePairs(some)).toEqual(pairsBy(expression, some));
      }),
    );
  });
});
