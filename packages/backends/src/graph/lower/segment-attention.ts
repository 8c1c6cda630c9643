/** Computes attention within segments of token rows: arranges them in the axes of attention, and back. */
import type { SegmentAttention } from '../../ops/tensor-ops.ts';
import type { GraphBuilder } from '../ir/builder.ts';
import { reshape, transpose } from '../rules/shape.ts';
import type { Value } from '../ir/value.ts';
import { attend, queryBlocks } from './attention.ts';
import type { Kernels } from './kernels.ts';

/** Attention within segments; see `TensorOps.attendSegments`. */
export function attendSegments(
  graph: GraphBuilder,
  { product }: Kernels,
  [query, key, value]: readonly [Value, Value, Value],
  { segments, length, heads, keyValueHeads, headSize, keyMask }: SegmentAttention<Value>,
  recompute: boolean,
): Value {
  const sharing = heads / keyValueHeads;
  const queries = transpose(
    graph,
    reshape(graph, query, [segments, length, keyValueHeads, sharing, headSize]),
    [0, 2, 3, 1, 4],
  );
  const byHead = (x: Value) =>
    transpose(graph, reshape(graph, x, [segments, length, keyValueHeads, headSize]), [0, 2, 1, 3]);
  const mask = keyMask && reshape(graph, keyMask, [segments, 1, 1, 1, length]);
  const attended = attend(graph, product, {
    query: queries,
    key: byHead(key),
    value: byHead(value),
    blocks: queryBlocks(length, segments * heads * length).map((block) => ({
      ...block,
      keys: length,
      ...(mask ? { mask } : {}),
    })),
    recompute,
  });
  const rows = transpose(graph, attended, [0, 3, 1, 2, 4]);
  return reshape(graph, rows, [segments * length, heads * headSize]);
}
