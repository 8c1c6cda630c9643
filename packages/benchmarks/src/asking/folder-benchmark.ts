/** A benchmark that is read from a folder: its records become items once, whoever asks for them how often. */
import { LociError, suggest } from '@loci/core';
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
 * selection leaves none, `benchmark-task` when it names a task that there is not.
 */
export function folderBenchmark({ read, selection, ...benchmark }: FolderBenchmark): Benchmark {
  let all: Promise<readonly BenchmarkItem[]> | undefined;
  return {
    ...benchmark,
    async *items() {
      all ??= collect(read());
      checkTasks(benchmark.name, selection, await all);
      const items = selectItems(await all, selection);
      if (items.length === 0) {
        throw new LociError(
          'benchmark-empty',
          `${benchmark.name} has no item: its files are empty`,
        );
      }
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

function checkTasks(name: string, { tasks = [] }: Selection, all: readonly BenchmarkItem[]): void {
  const known = [...new Set(all.map(({ task }) => task))];
  for (const task of tasks) {
    if (all.length === 0 || known.includes(task)) continue;
    throw new LociError(
      'benchmark-task',
      `${name} has no item of the task "${task}"; ${suggest(task, known)}`,
    );
  }
}
