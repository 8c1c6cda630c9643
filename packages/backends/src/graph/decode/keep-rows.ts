/** Drops the completions that have ended from the stored tensors of a generation. */
import type { DecoderSizes } from '../../models/spec/sizes.ts';
import type { GraphEngine } from '../engine/graph-engine.ts';
import type { ModelGraph } from '../engine/model-graphs.ts';
import { GraphBuilder } from '../ir/builder.ts';
import { UNKNOWN, type Value } from '../ir/value.ts';
import { cacheNames, grownName, type DecodeCaches } from './caches.ts';
import { cachePlaces, type FewerRows, type LiveRows } from './live-rows.ts';

/** Inputs: `cachePlaces`, `rowPlaces` int64, `logits` and the past. Outputs: the same of the rows that stay, named as those of a chunk. */
function keepRowsGraph({ layers, headDim, vocabularySize }: DecoderSizes): ModelGraph {
  const graph = new GraphBuilder();
  const [caches, rows] = ['cachePlaces', 'rowPlaces'].map((name) =>
    graph.input(name, [UNKNOWN], 'int64'),
  ) as [Value, Value];
  const keep = (from: Value, places: Value, name: string) => {
    graph.output(graph.emit('Gather', [from, places], from.shape, { axis: 0 }), name);
  };
  keep(graph.input('logits', [UNKNOWN, vocabularySize]), rows, 'nextLogits');
  for (const name of cacheNames('past', layers)) {
    keep(graph.input(name, [UNKNOWN, UNKNOWN, headDim]), caches, grownName(name));
  }
  return { model: graph, parameters: [], gradients: [], kept: [] };
}

/**
 * Keeps some rows of the stored past and logits.
 *
 * @param made tokens of the past. @param before the rows that are stored.
 */
export async function keepRows(
  engine: GraphEngine,
  caches: DecodeCaches,
  made: number,
  before: LiveRows,
  { live: after, places }: FewerRows,
): Promise<void> {
  const { decoder } = engine.model;
  const indices = (list: readonly number[]) =>
    ({
      type: 'int64',
      shape: [list.length],
      data: BigInt64Array.from(list, BigInt),
    }) as const;
  await engine.run({
    key: 'keep rows',
    make: () => keepRowsGraph(decoder),
    feeds: {
      ...caches.past(made, before),
      logits: caches.logits(before),
      cachePlaces: indices(cachePlaces(places, before.completions, after.completions, decoder)),
      rowPlaces: indices(places),
    },
    fetches: { ...caches.keepPast, nextLogits: caches.keepLogits },
  });
}
