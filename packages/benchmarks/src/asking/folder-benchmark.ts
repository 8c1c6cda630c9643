/** A benchmark that is read from a folder: its records become items once, whoever asks for them how often. */
import { LociError } from '@loci/core';
import type { Benchmark, BenchmarkItem } from '@loci/core';
import { selectItems } from './options.ts';
import type { Selection } from './options.ts';

/** A benchmark but for the items, and how to read those. */
export interface FolderBenchmark extends Omit<Benchmark, 'items'> {
  read(): AsyncIterable<BenchmarkItem>;
  readonly selection: Selection;
}

/**
 * Reads the items on first use.
 *
 * @returns A benchmark whose `items` throws LociError `benchmark-record` when two items share an id, `benchmark-empty` when the
 * selection leaves none.
 */
export function folderBenchmark({ read, selection, ...benchmark }: FolderBenchmark): Benchmark {
  let all: Promise<readonly BenchmarkItem[]> | undefined;
  return {
    ...benchmark,
    async *items() {
      all ??= collect(read());
      const items = selectItems(await all, selection);
      if (items.length === 0) throw nothingLeft(benchmark.name, selection, await all);
      yield* items;
    },
  };
}

async function collect(items: AsyncIterable<BenchmarkItem>): Promise<readonly BenchmarkItem[]> {
  const found: BenchmarkItem[] = [];
  const ids = new Set<string>();
  for await (const item of items) {
    if (ids.has(item.id)) {
      throw new LociError('benchmark-record', `Two items have the id "${item.id}"`);
    }
    ids.add(item.id);
    found.push(item);
  }
  return found;
}

function nothingLeft(
  name: string,
  { tasks = [] }: Selection,
  all: readonly BenchmarkItem[],
): LociError {
  const known = [...new Set(all.map(({ task }) => task))].sort();
  const wanted = tasks.length === 0 ? '' : ` of the tasks ${tasks.join(', ')}`;
  return new LociError(
    'benchmark-empty',
    `${name} has no item${wanted}; its tasks are: ${known.join(', ') || 'none, the files are empty'}`,
  );
}
