import { expect, test } from '@jest/globals';
import { canonicalName } from '../../src/consistency/names.ts';

test.each([
  ['Chairs', 'chair'],
  ['trash_bin', 'trash bin'],
  ['Trash-Bins ', 'trash bin'],
  ['  tv  stand', 'tv stand'],
  ['shelves', 'shelf'],
  ['bookshelves', 'bookshelf'],
  ['boxes', 'box'],
  ['benches', 'bench'],
  ['dishes', 'dish'],
  ['batteries', 'battery'],
  ['glass', 'glass'],
  ['glasses', 'glass'],
  ['cactus', 'cactus'],
  ['bus', 'bus'],
  ['tvs', 'tv'],
  ['vases', 'vase'],
  ['houses', 'house'],
  ['buses', 'bus'],
  ['sizes', 'size'],
  ['shoes', 'shoe'],
  ['gas', 'gas'],
  ['tables', 'table'],
  ['', ''],
  ['_', ''],
])('%j is %j, which stays', (name, canonical) => {
  expect(canonicalName(name)).toBe(canonical);
  expect(canonicalName(canonical)).toBe(canonical);
});
