import { expect, test } from '@jest/globals';
import { takeItems } from '../../../src/evaluate/items/take-items.ts';
import type { Benchmark, BenchmarkItem } from '../../../src/spec/index.ts';
import { fakeBenchmark } from '../../../src/testing/index.ts';

const items: readonly BenchmarkItem[] = Array.from({ length: 10 }, (_, index) => ({
  ...{ id: `q${index}`, task: 'near', groups: {}, question: '?', options: [], answer: 'A' },
  media: [],
}));

/** A benchmark that counts the items that are read. */
function counting(own = items): { benchmark: Benchmark; read(): number } {
  let read = 0;
  const benchmark: Benchmark = {
    ...fakeBenchmark(() => ({ score: 1 })),
    async *items() {
      for (const item of own) {
        read++;
        yield item;
      }
    },
  };
  return { benchmark, read: () => read };
}

const idsOf = (taken: readonly BenchmarkItem[]): readonly string[] => taken.map(({ id }) => id);

test('a sample depends on the seed alone and keeps the order of the items', async () => {
  const { benchmark } = counting();
  const ids = async (seed: number) => idsOf(await takeItems(benchmark, { questions: 4, seed }));
  const first = await ids(1);
  expect(first).toHaveLength(4);
  expect(first).toEqual([...first].sort());
  expect(await ids(1)).toEqual(first);
  expect(await ids(2)).not.toEqual(first);
});

test('of a benchmark in a random order the first so many are taken, and no more are read', async () => {
  const { benchmark, read } = counting();
  const taken = await takeItems({ ...benchmark, isShuffled: true }, { questions: 4, seed: 1 });
  expect(idsOf(taken)).toEqual(['q0', 'q1', 'q2', 'q3']);
  expect(read()).toBe(4);
});

test('all are taken where no number is given, and where the number is greater', async () => {
  const { benchmark } = counting();
  expect(await takeItems(benchmark, { seed: 1 })).toHaveLength(10);
  expect(await takeItems(benchmark, { questions: 11, seed: 1 })).toHaveLength(10);
});

test('no items, and two with one id, are errors', async () => {
  const none = takeItems(counting([]).benchmark, { seed: 1 });
  await expect(none).rejects.toMatchObject({ code: 'nothing-to-evaluate' });
  const twice = takeItems(counting([...items, items[0]!]).benchmark, { seed: 1 });
  await expect(twice).rejects.toMatchObject({ code: 'item-twice' });
});
