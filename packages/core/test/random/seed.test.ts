import { expect, test } from '@jest/globals';
import { deriveSeed, permutation, randomStream } from '../../src/random/seed.ts';

test('neighbouring seeds and purposes lead to different seeds', () => {
  const seeds = Array.from({ length: 1000 }, (_, seed) => [
    deriveSeed(seed),
    deriveSeed(seed, 'a'),
    deriveSeed(seed, 'a', 1),
    deriveSeed(seed, 'a1'),
    deriveSeed(seed, 1, 'a'),
  ]).flat();
  // Of 5000 numbers of 32 bits about 0.003 pairs meet by chance.
  expect(new Set(seeds).size).toBe(seeds.length);
});

test('a seed decides the stream and the permutation', () => {
  const take = (seed: number) => Array.from({ length: 5 }, randomStream(seed));
  expect(take(3)).toEqual(take(3));
  expect(take(3)).not.toEqual(take(4));
  expect([...permutation(9, 5)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(permutation(9, 5)).not.toEqual(permutation(9, 6));
});
