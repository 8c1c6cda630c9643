import { expect, test } from '@jest/globals';
import { saysNothing, splitThinking } from '../../../src/evaluate/store/split-thinking.ts';

test.each([
  ['B', 'B'],
  [' B ', ' B '],
  ['<think>A or B?</think>\n\nB', 'B'],
  ['A or B?</think>B', 'B'],
  ['<think>A</think>A <think>no</think> B', 'B'],
  ['<THINK>A</THINK>B', 'B'],
  ['<thinking>A</thinking>B', 'B'],
  ['[THINK]A[/THINK]B', 'B'],
  ['◁think▷A◁/think▷B', 'B'],
  ['<|channel|>analysis<|message|>A<|end|><|start|>assistant<|channel|>final<|message|>B', 'B'],
  ['<think>Is it A?', ''],
  ['<think>Is it A?</think>', ''],
  ['Is it A?</think>\n', ''],
  ['B\n<think>since it is left</think>', 'B'],
  ['<think>It is <answer>B</answer>', '<answer>B</answer>'],
  ['<think>A</think><think>or', ''],
  ['a < b, and think> nothing', 'a < b, and think> nothing'],
  ['', ''],
])('the answer of %j is %j', (text, answer) => {
  const split = splitThinking(text);
  expect(split.answer).toBe(answer);
  if (text.endsWith(answer)) expect(split.thinking + split.answer).toBe(text);
});

test.each(['', ' \n', '\u200b\ufeff', '<|im_end|>', '</s> '])('%j says nothing', (text) => {
  expect(saysNothing(text)).toBe(true);
});

test.each(['0', '.', '<s>B', '<|', '<answer>'])('%j says something', (text) => {
  expect(saysNothing(text)).toBe(false);
});
