import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  matchNumberAsInSpacer,
  readNumber,
  readTrueNumber,
} from '../../../src/spatial/answer/numbers.ts';

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

  test.each([
    ['2/3', 2 / 3],
    ['-2/3', -2 / 3],
    ['1 / 2 m', 0.5],
    ['1⁄2', 0.5],
    ['1/-2', -0.5],
    ['½', 0.5],
    ['2½', 2.5],
    ['2 ½ m', 2.5],
    ['2 1/2', 2.5],
    ['-2 1/2', -2.5],
    ['2-1/2', 2.5],
    ['2 and 3/4', 2.75],
    ['2 5/3', undefined],
    ['1/0', undefined],
    ['1/2/2024', undefined],
    ['(1)/(2)', undefined],
    ['\\frac{1}{2}', 0.5],
    ['$-\\dfrac{3}{4}$', -0.75],
    ['\\frac12', 0.5],
    ['2\\frac{1}{2}', 2.5],
    ['\\frac{a}{2}', undefined],
    ['60 km/h', 60],
    ['1/2 = 0.5', 0.5],
    ['one half', 0.5],
    ['two thirds', 2 / 3],
    ['three quarters of a metre', 0.75],
    ['a quarter', 0.25],
    ['two and three quarters', 2.75],
    ['one and one half', 1.5],
    ['2 thirds', 2 / 3],
    ['twenty third', undefined],
    ['two hundred and five sixths', 200 + 5 / 6],
    ['one/two', undefined],
    ['two times three', undefined],
  ])('fractions: %j is %j', (text, value) => expect(readNumber(text)).toBe(value));

  test.each([
    ['2^3', 8],
    ['2**3', 8],
    ['10³ m', 1000],
    ['10⁻²', 0.01],
    ['10^{-2}', 0.01],
    ['1.5×10^3', 1500],
    ['1.5 x 10^3', 1500],
    ['6.02\\times10^{23}', 6.02e23],
    ['1.5·10³', 1500],
    ['1e3m', 1000],
    ['2^3^2', undefined],
    ['25 m²', 25],
    ['25 m^2', 25],
    ['in m^2: 25', 25],
    ['2π', undefined],
    ['√2', undefined],
    ['sqrt(2)', undefined],
    ['3 x 4 m', undefined],
    ['2+3', undefined],
    ['0x1F', undefined],
    ['2 billion', 2e9],
    ['two point five', 2.5],
    ['2 point 5', 2.5],
    ['zero point oh five', 0.05],
    ['two point fifty', undefined],
  ])('powers and products: %j is %j', (text, value) => expect(readNumber(text)).toBe(value));

  test.each([
    ['1 234', 1234],
    ['1\u202f234\u202f567', 1234567],
    ["1'234.5", 1234.5],
    ['1_234', 1234],
    ['1,23,456', 123456],
    ['1{,}234', 1234],
    ['٣٫٥', 3.5],
    ['3．5', 3.5],
    ['0,5', undefined],
    ['0,123', undefined],
    ['1,2345', 1],
    ['55,5', 55],
    ['121,34,110211', 121],
    ['26.9722.3.41', 26.9722],
    ['1,234,56', undefined],
    ['1.234.567', undefined],
    ['1.234,5', undefined],
    ['1:30', undefined],
    [`5'6"`, undefined],
    ['5 ft 6 in', undefined],
    ['2 m 30 cm', undefined],
    ['3, 4', 3],
    ['A1.5', undefined],
  ])('grouped: %j is %j', (text, value) => expect(readNumber(text)).toBe(value));

  test.each([
    ['55,5', undefined],
    ['1, 2', undefined],
    ['3.5.2', undefined],
    ['1,234', 1234],
    ['3.5 m, about', 3.5],
    ['2/3', 2 / 3],
    ['twenty one', 21],
  ])('a true answer is no list: %j is %j', (text, value) =>
    expect(readTrueNumber(text)).toBe(value),
  );

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
