import { expect, test } from '@jest/globals';
import { takenApart } from '../../src/ask/answer.ts';

test('a turn is taken apart into thinking, map and answer', () => {
  const text =
    '<think>Walk in. <map>{"sofa":[[3,4]],"tv":[[6,8]]}</map> So it is left.</think><answer>left</answer>';
  expect(takenApart(text, [])).toEqual({
    text,
    thinking: 'Walk in. [the map below] So it is left.',
    answer: 'left',
    map: { sofa: [[3, 4]], tv: [[6, 8]] },
  });
});

test.each([
  ['It is left of the door.', { thinking: '', answer: 'It is left of the door.' }],
  ['<think>Hm</think>\nleft', { thinking: 'Hm', answer: 'left' }],
  ['<think>Hm, still', { thinking: 'Hm, still', answer: '' }],
  ['<think><map>{"sofa":[[3', { thinking: '[the map below]', answer: '' }],
  ['<map>none</map><answer>B</answer>', { thinking: '', answer: 'B' }],
])('%j', (text, parts) => {
  expect(takenApart(text, [])).toEqual({ text, ...parts });
});

test('a list of names and numbers is a map too, of the requested objects', () => {
  expect(takenApart('<map>sofa: [3, 4]</map>', ['sofa']).map).toEqual({ sofa: [[3, 4]] });
});
