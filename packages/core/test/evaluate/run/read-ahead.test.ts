import { describe, expect, test } from '@jest/globals';
import { readerAhead } from '../../../src/evaluate/run/read-ahead.ts';

/** A reader of batches of some sizes that notes what it reads. */
function noted(sizes: readonly number[], mostBytes = 10) {
  const begun: number[] = [];
  const take = readerAhead(sizes, {
    read: async (size) => {
      begun.push(size);
      if (size < 0) throw new Error(`no batch of ${size}`);
      return size;
    },
    bytesOf: (size) => size,
    mostBytes,
  });
  return { take, begun };
}

describe('batches', () => {
  test('are each read once, the next one as soon as the current one is there', async () => {
    const { take, begun } = noted([1, 2, 3]);
    expect(await take(0)).toBe(1);
    expect(begun).toEqual([1, 2]);
    expect(await take(1)).toBe(2);
    expect(begun).toEqual([1, 2, 3]);
    expect(await take(2)).toBe(3);
    expect(begun).toEqual([1, 2, 3]);
  });

  test('behind a large one are read in their turn', async () => {
    const { take, begun } = noted([11, 2, 3]);
    await take(0);
    expect(begun).toEqual([11]);
    expect(await take(1)).toBe(2);
    expect(begun).toEqual([11, 2, 3]);
  });

  test('that cannot be read fail in their turn', async () => {
    const { take, begun } = noted([1, -1, 3]);
    expect(await take(0)).toBe(1);
    expect(begun).toEqual([1, -1]);
    await new Promise(setImmediate);
    await expect(take(1)).rejects.toThrow('no batch of -1');
  });
});
