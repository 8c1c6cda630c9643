import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matchNumberAsInSpacer, readNumber } from '../../../src/spatial/answer/numbers.ts';

describe('the corrected number', () => {
  test.each([
    ['42', 42],
    ['3 chairs in a room', 3],
    ['a chair', undefined],
    ['ten or one', 10],
    ['about 2 or three', 2],
    ['-4.5', -4.5],
    ['−4.5', -4.5],
    ['minus five', -5],
    ['3-4', 3],
    ['A-4', 4],
    ['1,234', 1234],
    ['1,234,567.5 m', 1234567.5],
    ['1,2', 1],
    ['.5', 0.5],
    ['3.5.2', 3.5],
    ['4.', 4],
    ['1e3', 1000],
    ['5e-1', 0.5],
    ['5e', 5],
    ['٤٢', 42],
    ['约5米', 5],
    ['twenty one', 21],
    ['Twenty-One', 21],
    ['thirty five', 35],
    ['hundred', 100],
    ['two hundred', 200],
    ['two hundred and five', 205],
    ['two thousand three hundred and forty-one', 2341],
    ['half', 0.5],
    ['half a dozen', 6],
    ['a dozen', 12],
    ['2 dozen', 24],
    ['1.5 million', 1_500_000],
    ['two and a half', 2.5],
    ['one two three', 1],
    ['one and two', 1],
    ['fourfour', undefined],
    ['once', undefined],
    ['nan', undefined],
    ['1e999', undefined],
    ['', undefined],
  ])('%j is %j', (text, value) => expect(readNumber(text)).toBe(value));

  test('what JavaScript prints is read back', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(readNumber(`about ${value} m`)).toBe(value === 0 ? 0 : value);
      }),
      { examples: [[1e21], [-1e-7]] },
    );
  });
});

describe('the matcher of the reference', () => {
  test.each([
    ['3 chairs in a room', '1'],
    ['ten or one', '1'],
    ['twenty one', '1'],
    ['1,234', '1'],
    ['-4.5', '4.5'],
    ['.5', '5'],
    ['1e3', '1'],
    ['hundred', undefined],
    ['éone 2', '2'],
    ['one_ 2', '2'],
    ['Ninety nine', '9'],
    ['４', '４'],
  ])('%j is %j', (text, found) => expect(matchNumberAsInSpacer(text)).toBe(found));
});

// A pattern that backtracks over such a run would not come back.
test.each(['1', '1,234', 'one ', '-', 'hundred ', '1.', ' a'])(
  'a megabyte of %j is read to its end',
  (piece) => {
    const text = piece.repeat(1_000_000 / piece.length);
    expect(() => readNumber(text)).not.toThrow();
    expect(() => matchNumberAsInSpacer(text)).not.toThrow();
  },
);
