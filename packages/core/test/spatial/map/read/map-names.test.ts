import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findNames } from '../../../../src/spatial/map/read/map-names.ts';

const found = (text: string, names: readonly string[]) =>
  findNames(text, names).map(({ name, start, end }) => [name, start, end]);

test('names are found in any case where no letter touches them', () => {
  expect(found('Chair chairs 2chair1 armchair CHAIR', ['chair'])).toEqual([
    ['chair', 0, 5],
    ['chair', 14, 19],
    ['chair', 30, 35],
  ]);
});

test('of names that overlap the one that reaches further stays', () => {
  expect(found('tv stand lamp, tv', ['tv', 'tv stand', 'stand lamp'])).toEqual([
    ['stand lamp', 3, 13],
    ['tv', 15, 17],
  ]);
});

test('letters that expressions take for others are taken so here, and places stay', () => {
  expect(found('İ \u017fofa des\u212a', ['sofa', 'desk'])).toEqual([
    ['sofa', 2, 6],
    ['desk', 7, 11],
  ]);
  expect(found('B\u0130N b\u0131n b\u0130nt', ['bin'])).toEqual([
    ['bin', 0, 3],
    ['bin', 4, 7],
  ]);
  expect(found('ÉTAGÈRE', ['étagère'])).toEqual([['étagère', 0, 7]]);
});

test('one name is found wherever an expression finds it', () => {
  const pieces = [
    'tv',
    'TV',
    'i',
    ' ',
    '1',
    'İ',
    'ı',
    '\u017f',
    '\u212a',
    'sk',
    'S',
    'k',
    'ß',
    '漢',
  ];
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 20 }).map((some) => some.join(''));
  fc.assert(
    fc.property(text, fc.constantFrom('tv', 'sk', 'k', 'tv tv', 'ik'), (some, name) => {
      const own = name.replace('i', '[i\u0130\u0131]');
      const expression = new RegExp(
        `(?<![a-zA-Z\u0130\u0131])${own}(?![a-zA-Z\u0130\u0131])`,
        'giu',
      );
      const places = [...some.matchAll(expression)].map(({ index }) => index);
      expect(findNames(some, [name]).map(({ start }) => start)).toEqual(places);
    }),
  );
});
