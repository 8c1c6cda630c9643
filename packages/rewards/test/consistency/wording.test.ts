import { expect, test } from '@jest/globals';
import { plainText, slotsOf, wording } from '../../src/consistency/wording.ts';

const COUNT = wording('how many {category}(s) are in this room');
const FACING = wording('by the {observer} and facing the {faced}, is the {target} to ');

test('what stands in the slots is read, wherever the wording stands', () => {
  expect(slotsOf('look. how many trash bin(s) are in this room? think.', COUNT)).toEqual({
    category: 'trash bin',
  });
  expect(slotsOf('by the a b and facing the c, is the d to the left', FACING)).toEqual({
    observer: 'a b',
    faced: 'c',
    target: 'd',
  });
});

test.each([
  'how many (s) are in this room',
  'how many chairs are there',
  'how many chairs? and how many table(s) are in this room',
  `how many ${'x'.repeat(400)}(s) are in this room`,
  'are in this room',
])('%j does not have it', (text) => expect(slotsOf(text, COUNT)).toBeUndefined());

test('a slot at the end takes the rest', () => {
  expect(slotsOf('closest to the bed', wording('closest to the {anchor}'))).toEqual({
    anchor: 'bed',
  });
});

test('case and white space do not matter', () => {
  expect(plainText(' How\u00a0many\n\n chair(s) ')).toBe('how many chair(s)');
});
