import { describe, expect, test } from '@jest/globals';
import { asciiDigits, pythonFloat, pythonSplit, pythonStrip } from '../../src/python/text.ts';

test('white space is what Python takes for it', () => {
  expect(pythonStrip('\u001c\u0085\u00a0\u3000a b\u2029')).toBe('a b');
  expect(pythonStrip('\uFEFFa\u200b')).toBe('\uFEFFa\u200b');
  expect(pythonSplit(' a\u2003b\u001dc ')).toEqual(['a', 'b', 'c']);
  expect(pythonSplit(' \n')).toEqual([]);
});

test('digits of every script have their value', () => {
  expect(asciiDigits('٤２৯𝟗𝟎x7')).toBe('42990x7');
});

describe('float', () => {
  test.each([
    [' 5 ', 5],
    ['+.5', 0.5],
    ['5.', 5],
    ['1_000.2_5e1_0', 1000.25e10],
    ['1e400', Infinity],
    ['-Infinity', -Infinity],
    ['+iNf', Infinity],
    ['٤٢', 42],
    ['\u0085\u00a05\u3000', 5],
  ])('%j is %d', (text, value) => expect(pythonFloat(text)).toBe(value));

  test('nan is NaN', () => expect(pythonFloat('-NaN')).toBeNaN());

  test.each([
    '',
    ' ',
    '.',
    '\u001c5',
    '5\u001f',
    '1__0',
    '_1',
    '1_',
    '1_.5',
    '0x10',
    '1,2',
    '1 2',
    '5m',
    'e5',
    'infin',
  ])('%j is no number', (text) => expect(pythonFloat(text)).toBeUndefined());

  test('a megabyte of digits and a letter is no number', () => {
    expect(pythonFloat(`${'9'.repeat(1_000_000)}x`)).toBeUndefined();
  });
});
