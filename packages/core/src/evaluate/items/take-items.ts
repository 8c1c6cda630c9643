/** Reads the items of a benchmark, once for all conditions and evaluations. */
import { LociError } from '../../errors/loci-error.ts';
import { deriveSeed, permutation } from '../../random/seed.ts';
import type { Benchmark, BenchmarkItem } from '../../spec/index.ts';

/** The number of evaluated items, and the seed that chooses them. */
export interface ItemChoice {
  /** All when absent. */
  readonly questions?: number | undefined;
  /** Draws the items when not all are evaluated. */
  readonly seed: number;
}

/**
 * The items of a benchmark in its order: all, or a sample of `questions` items. From a benchmark that comes in random order the first items
 * are taken, and the rest is not read. From any other the seed draws them.
 *
 * @throws LociError `nothing-to-evaluate` when there are none, `item-twice` when two share an id; and the errors of the benchmark.
 */
export async function takeItems(
  benchmark: Benchmark,
  { questions = Infinity, seed }: ItemChoice,
): Promise<readonly BenchmarkItem[]> {
  const items: BenchmarkItem[] = [];
  const ids = new Set<string>();
  for await (const item of benchmark.items()) {
    if (ids.has(item.id)) {
      throw new LociError(
        'item-twice',
        `${benchmark.name} has two items with the id ${item.id}; give each item an id of its own`,
      );
    }
    ids.add(item.id);
    items.push(item);
    if (benchmark.isShuffled === true && items.length >= questions) break;
  }
  if (items.length === 0) {
    throw new LociError(
      'nothing-to-evaluate',
      `${benchmark.name} has no items; check its data folder and its options`,
    );
  }
  if (items.length <= questions) return items;
  const chosen = new Set(permutation(items.length, deriveSeed(seed, 'items')).slice(0, questions));
  return items.filter((_, index) => chosen.has(index));
}
