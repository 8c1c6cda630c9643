import { describe, expect, test } from '@jest/globals';
import {
  formatProblem,
  isWellFormed,
  isWellFormedAsInSpacer,
} from '../../../src/spatial/answer/format.ts';

describe('the form of a completion', () => {
  test.each([
    '<think>x</think><answer>A</answer>',
    ' \n<think>x</think>\n\n<answer>A</answer>\n',
    '<think><map>{}</map></think><answer>A</answer>',
  ])('%j is well formed', (text) => expect(isWellFormed(text)).toBe(true));

  test.each([
    ['', 'no <think>'],
    ['<think>x</think>', 'no <answer>'],
    ['<think>x</think><answer>A', 'no </answer>'],
    ['<think>a</think><think>b</think><answer>A</answer>', 'more than one <think>'],
    ['<think>x</think><answer>A</answer></answer>', 'more than one </answer>'],
    ['so <think>x</think><answer>A</answer>', 'text before <think>'],
    ['<think>x</think><answer>A</answer> done', 'text after </answer>'],
    ['<think>x</think><map>{}</map><answer>A</answer>', 'text between </think> and <answer>'],
    ['<think>x<answer>A</think></answer>', 'text between </think> and <answer>'],
  ])('%j: %s', (text, problem) => expect(formatProblem(text)).toBe(problem));
});

describe('the reference', () => {
  test.each([
    ['<think>a</think><think>b</think><answer>B</answer>', true],
    ['<think>x</think>.<answer>A</answer></think><answer>B</answer>', true],
    ['<think>x</think>\u00a0<answer>A</answer>', true],
    ['<think>x</think>\u200b<answer>A</answer>', false],
    ['<think>x</think><answer>A</answer>\n', false],
    ['<think></think><answer>', false],
    ['<think></think><answer></answer>', true],
    ['<think></think></answer>', false],
  ])('%j: %s', (text, fits) => expect(isWellFormedAsInSpacer(text)).toBe(fits));
});

// A search that starts over at every tag would not come back.
test('a megabyte of closing thoughts is not well formed', () => {
  const text = `<think>${'</think> '.repeat(116_508)}</answer>`;
  expect(isWellFormedAsInSpacer(text)).toBe(false);
  expect(isWellFormed(text)).toBe(false);
});
