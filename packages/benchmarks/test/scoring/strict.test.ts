import { describe, expect, test } from '@jest/globals';
import { readStrictly, strictLetter, strictNumber } from '../../src/index.ts';

const OPTIONS = ['A. the red door', 'B. the blue door', 'C. none'];

describe('a letter', () => {
  test.each([
    ['B', 'B'],
    ['b', 'B'],
    ['B.', 'B'],
    ['(B)', 'B'],
    ['B)', 'B'],
    ['B. the blue door', 'B'],
    ['B) The Blue Door.', 'B'],
    ['D', undefined],
    ['B. the red door', undefined],
    ['B because it is blue', undefined],
    ['The answer is B', undefined],
    ['Because', undefined],
    ['A or B', undefined],
    ['', undefined],
  ])('of %j is %j', (text, letter) => {
    expect(strictLetter(text, OPTIONS)).toBe(letter);
  });
});

describe('a number', () => {
  test.each([
    ['25', 25],
    ['-2.5', -2.5],
    ['−3', -3],
    ['1,234.5 m', 1234.5],
    ['.5', 0.5],
    ['1e3', 1000],
    ['25 square meters', 25],
    ['23 m²', 23],
    ['25cm.', 25],
    ['25 to 99', undefined],
    ['about 25', undefined],
    ['three', undefined],
    ['25, 30', undefined],
    ['', undefined],
  ])('of %j is %j', (text, number) => {
    expect(strictNumber(text)).toBe(number);
  });
});

test('what is read: the last tagged answer where tags were asked for, else everything', () => {
  const output = '<think><answer>A</answer></think> so <answer> B </answer>';
  expect(readStrictly('thinking')(output)).toBe('B');
  expect(readStrictly('thinking')('B')).toBe('');
  expect(readStrictly('official')(' B\n')).toBe('B');
});
