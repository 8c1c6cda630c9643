import { describe, expect, test } from '@jest/globals';
import { randomStream } from '@loci/core';
import { Tally } from '../../src/rooms/tally.ts';

describe('Tally', () => {
  const random = randomStream(1);

  test('offers the least used first and keeps back who is too far ahead', () => {
    const tally = new Tally(['a', 'b', 'c']);
    expect([...tally.open(random, 1)].sort()).toEqual(['a', 'b', 'c']);
    tally.use('a');
    expect([...tally.open(random, 1)].sort()).toEqual(['b', 'c']);
    expect(tally.open(random, 2).at(-1)).toBe('a');
    tally.use('a', -1);
    expect(tally.open(random, 1)).toHaveLength(3);
  });
});
