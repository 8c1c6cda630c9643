import { expect, test } from '@jest/globals';
import { splitOptions } from '../../src/convert/split-options.ts';

test('options in a question come out with their heading, and only in order', () => {
  expect(splitOptions('Which?\nChoices:\n(A) cup\n(B) jar\nAnswer briefly.')).toEqual({
    question: 'Which?\nAnswer briefly.',
    options: ['A. cup', 'B. jar'],
  });
  expect(splitOptions('Which?\nA. cup\nC. jar')).toBeUndefined();
  expect(splitOptions('B. is no option')).toBeUndefined();
});
