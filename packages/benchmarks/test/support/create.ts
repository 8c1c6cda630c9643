import { createFromPlugin, parseOptions } from '@loci/core';
import type { Benchmark, BenchmarkItem, ErasedPlugin, Message } from '@loci/core';
import { fakeLogger } from '@loci/core/testing';

/** A benchmark as a run makes it, from options. */
export function createBenchmark(
  plugin: ErasedPlugin<'benchmark'>,
  options: unknown,
): Promise<Benchmark> {
  const context = { seed: 1, baseDirectory: '/', logger: fakeLogger() };
  return createFromPlugin(plugin, parseOptions(plugin, options), context);
}

/** All items of a benchmark. */
export async function itemsOf(benchmark: Benchmark): Promise<readonly BenchmarkItem[]> {
  const items: BenchmarkItem[] = [];
  for await (const item of benchmark.items()) items.push(item);
  return items;
}

/** The text of a conversation, one part after the other. */
export function textOf(messages: readonly Message[]): string {
  return messages
    .flatMap(({ parts }) => parts)
    .map((part) => (part.type === 'text' ? part.text : '[media]'))
    .join('\n');
}
