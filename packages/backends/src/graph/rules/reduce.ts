/** Implements sums and means along axes. */
import type { GraphBuilder } from '../ir/builder.ts';
import { positiveAxis, sizeOf } from '../ir/value.ts';
import type { Value } from '../ir/value.ts';
import { multiply } from './arithmetic.ts';

function reduce(
  op: 'ReduceSum' | 'ReduceMean',
  graph: GraphBuilder,
  x: Value,
  axes: readonly number[],
  keepAxes: boolean,
): Value {
  const reduced = axes.map((axis) => positiveAxis(axis, x.shape.length));
  const kept = x.shape.map((length, axis) => (reduced.includes(axis) ? 1 : length));
  const shape = keepAxes ? kept : x.shape.filter((_, axis) => !reduced.includes(axis));
  const output = graph.emit(op, [x, graph.integers(reduced)], shape, {
    keepdims: keepAxes ? 1 : 0,
  });
  graph.record({
    inputs: [x],
    outputs: [output],
    vjp: ([incoming]) => {
      const laid = keepAxes
        ? incoming!
        : graph.emit('Reshape', [incoming!, graph.integers(kept)], kept);
      const spread = graph.emit('Expand', [laid, graph.integers(x.shape)], x.shape);
      if (op === 'ReduceSum') return [spread];
      return [multiply(graph, spread, graph.scalar(sizeOf(output.shape) / sizeOf(x.shape)))];
    },
  });
  return output;
}

/** Sum along `axes`; they stay with length 1 unless `keepAxes` is false. */
export function reduceSum(
  graph: GraphBuilder,
  x: Value,
  axes: readonly number[],
  keepAxes = true,
): Value {
  return reduce('ReduceSum', graph, x, axes, keepAxes);
}

/** Mean along `axes`; they stay with length 1 unless `keepAxes` is false. */
export function reduceMean(
  graph: GraphBuilder,
  x: Value,
  axes: readonly number[],
  keepAxes = true,
): Value {
  return reduce('ReduceMean', graph, x, axes, keepAxes);
}
