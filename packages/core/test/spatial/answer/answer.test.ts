import { describe, expect, test } from '@jest/globals';
import {
  extractAnswer,
  extractAnswerForEvaluation,
  extractFirstAnswer,
  extractMapText,
  extractSolution,
} from '../../../src/spatial/answer/answer.ts';

describe('the corrected answer', () => {
  test('one tried out while thinking does not count', () => {
    expect(extractAnswer('<think><answer>A</answer></think><answer>B</answer>')).toBe('B');
    expect(extractAnswer('<think><answer>A</answer></think>')).toBeUndefined();
  });

  test('the last of several counts', () => {
    expect(extractAnswer('<answer>A</answer><answer>B</answer>')).toBe('B');
  });

  test('a repeated opening tag belongs to the block that it opens last', () => {
    expect(extractAnswer('<answer>a<answer>b</answer>')).toBe('b');
  });

  test.each([
    ['', undefined],
    ['A', undefined],
    ['<answer>A', undefined],
    ['</answer>A<answer>', undefined],
    ['<answer></answer>', ''],
    ['<answer>\u001c B\u3000\n</answer>', 'B'],
    ['<answer>\uFEFFB</answer>', '\uFEFFB'],
  ])('%j gives %j', (text, answer) => expect(extractAnswer(text)).toBe(answer));

  test('a solution may stand without tags, but not be empty', () => {
    expect(extractSolution('<answer> C </answer>')).toBe('C');
    expect(extractSolution(' C ')).toBe('C');
    expect(extractSolution('<answer> </answer>')).toBeUndefined();
    expect(extractSolution('')).toBeUndefined();
  });
});

describe('the reference', () => {
  test('takes the first answer, wherever it stands, and keeps repeated opening tags', () => {
    expect(extractFirstAnswer('<think><answer>A</answer></think><answer>B</answer>')).toBe('A');
    expect(extractFirstAnswer('<answer>a<answer>b</answer>')).toBe('a<answer>b');
    expect(extractFirstAnswer('no tags')).toBe('');
    expect(extractAnswerForEvaluation('no tags')).toBe('None');
    expect(extractAnswerForEvaluation('<answer> x</answer>')).toBe('x');
  });

  test('takes the first map', () => {
    expect(extractMapText('<map>x</map><map>y</map>')).toBe('x');
    expect(extractMapText('</map><map>')).toBeUndefined();
  });
});

// A search that starts over at every tag would not come back.
test('a megabyte of opening tags holds no answer', () => {
  const text = '<answer>'.repeat(131_072);
  expect(extractAnswer(text)).toBeUndefined();
  expect(extractFirstAnswer(text)).toBe('');
});
