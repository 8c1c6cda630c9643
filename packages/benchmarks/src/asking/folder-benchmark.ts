/** Makes benchmarks that are read from a folder. Their records become items once, however often somebody asks for them. */
import { LociError, suggest } from '@loci/core';
import type { Benchmark, BenchmarkItem } from '@loci/core';
import { videosWithin } from '../reading/videos-within.ts';
import { selectItems } from './options.ts';
import type { Selection } from './options.ts';

/** A benchmark with a reader in place of its items. */
export interface FolderBenchmark extends Omit<Benchmark, 'items'> {
  read(): AsyncIterable<BenchmarkItem>;
  readonly selection: Selection;
  /** Folder of its videos; absent where it has none of its own. */
  readonly folder?: string;
}

/**
 * Reads the items on first use.
 *
 * @returns A benchmark whose `items` throws LociError `benchmark-record` when two items share an id, `benchmark-empty` when the
 * selection leaves none, `benchmark-task` when it names a task that there is not, `benchmark-media` when no item has its video.
 */
export function folderBenchmark({
  read,
  selection,
  folder,
  ...benchmark
}: FolderBenchmark): Benchmark {
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
      checkMedia(benchmark.name, items, folder);
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

const SHOWN_VIDEOS = 3;

/** Without any video the report would hold only zeros. @throws LociError `benchmark-media`. */
function checkMedia(name: string, items: readonly BenchmarkItem[], folder?: string): void {
  const [first] = items;
  if (first === undefined || items.some(({ missing }) => missing === undefined)) return;
  const others: string[] = [];
  for (const path of folder === undefined ? [] : videosWithin(folder)) {
    if (others.push(path) === SHOWN_VIDEOS) break;
  }
  const there = others.length === 0 ? '' : `. The folder has these videos: ${others.join(', ')}`;
  throw new LociError(
    'benchmark-media',
    `None of the ${items.length} chosen items of ${name} has its video; the first: ${first.missing}${there}`,
  );
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
