import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HashIndex } from '../../src/spacer/hash-index.ts';

describe('HashIndex', () => {
  test('behaves as a Map from text to number', () => {
    const entries = fc.array(fc.tuple(fc.string({ maxLength: 4 }), fc.nat()), { maxLength: 400 });
    fc.assert(
      fc.property(entries, (pairs) => {
        const index = new HashIndex();
        const map = new Map(pairs);
        for (const [key, value] of pairs) index.set(key, value);
        expect(index.size).toBe(map.size);
        for (const [key, value] of map) expect(index.get(key)).toBe(value);
        expect(index.get('not a key')).toBeUndefined();
      }),
    );
  });

  test('keeps 200,000 keys apart', () => {
    const index = new HashIndex();
    for (let key = 0; key < 200_000; key++) index.set(String(key), key);
    expect(index.size).toBe(200_000);
    for (let key = 0; key < 200_000; key += 997) expect(index.get(String(key))).toBe(key);
  });
});
