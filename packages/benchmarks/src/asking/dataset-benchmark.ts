/** Shared parts of benchmarks that ask the questions of the run's own dataset. */
import { LociError, sampleOfItem } from '@loci/core';
import type { Benchmark, BenchmarkItem, PluginContext, SampleSource } from '@loci/core';

/**
 * A benchmark of the test split with the run's prompt template, without facts and scorers.
 *
 * @param read Turns the samples into items; the split is closed when it ends.
 * @throws LociError `benchmark-context` outside a run, where there is neither dataset nor prompt.
 */
export function datasetBenchmark(
  name: string,
  { dataset, prompt }: PluginContext,
  read: (source: SampleSource) => AsyncIterable<BenchmarkItem>,
): Pick<Benchmark, 'name' | 'setup' | 'items' | 'render'> {
  if (dataset === undefined || prompt === undefined) {
    throw new LociError(
      'benchmark-context',
      `${name} asks the questions of a dataset with a prompt; it can only be made within a run`,
    );
  }
  return {
    name,
    setup: { prompt: 'run' },
    async *items() {
      const source = await dataset.open('test');
      try {
        yield* read(source);
      } finally {
        await source.close();
      }
    },
    // The media are the item's, which controls exchange.
    render: (item) => prompt.render({ ...sampleOfItem(item), media: item.media }),
  };
}
