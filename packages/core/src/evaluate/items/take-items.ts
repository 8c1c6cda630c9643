/** Reads the items of a benchmark once, for all conditions and, in a training run, for all evaluations. */
import { LociError } from '../../errors/loci-error.ts';
import { deriveSeed, permutation } from '../../random/seed.ts';
import type { Benchmark, BenchmarkItem } from '../../spec/index.ts';

/** How many items are evaluated. */
export interface ItemChoice {
  /** All when absent. */
  readonly questions?: number | undefined;
  /** Of the sample, where not all are evaluated. */
  readonly seed: number;
}

/**
 * The items of a benchmark in its order: all, or a sample of so many. A benchmark that comes in a random order gives its first ones and is
 * read no further; of any other the seed draws them.
 *
 * @throws LociError `nothing-to-evaluate` when there are none, `item-twice` when two share an id; what the benchmark throws.
 */
export async function takeItems(
  benchmark: Benchmark,
  { questions = Infinity, seed }: ItemChoice,
): Promise<readonly BenchmarkItem[]> {
  const items: BenchmarkItem[] = [];
  const ids = new Set<string>();
  for await (const item of benchmark.items()) {
    if (ids.has(item.id)) {
      throw new LociError('item-twice', `${benchmark.name} has two items with the id ${item.id}`);
    }
    ids.add(item.id);
    items.push(item);
    if (benchmark.isShuffled === true && items.length >= questions) break;
  }
  if (items.length === 0) {
    throw new LociError('nothing-to-evaluate', `${benchmark.name} has no items`);
  }
  if (items.length <= questions) return items;
  const chosen = new Set(permutation(items.length, deriveSeed(seed, 'items')).slice(0, questions));
  return items.filter((_, index) => chosen.has(index));
}
