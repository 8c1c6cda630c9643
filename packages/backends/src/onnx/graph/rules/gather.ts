/**
 * Picking rows and elements by index. Repeated indices add up in the gradient through `ScatterElements(add)`: the CPU kernel
 * of `ScatterND(add)` loses additions when indices repeat.
 */
import type { RowPermutation } from '../../../model/tensor-ops.ts';
import type { GraphBuilder } from '../builder.ts';
import { sizeOf } from '../value.ts';
import type { Value } from '../value.ts';
import { concat } from './shape.ts';

/** Rows `indices` (int32 or int64 of any shape) of a matrix `[rows, width]`: `[...indices, width]`. */
export function gatherRows(graph: GraphBuilder, matrix: Value, indices: Value): Value {
  const width = matrix.shape[1]!;
  const output = graph.emit('Gather', [matrix, indices], [...indices.shape, width], { axis: 0 });
  graph.record({
    inputs: [matrix],
    outputs: [output],
    vjp: ([incoming]) => {
      const count = sizeOf(indices.shape);
      const column = graph.emit('Reshape', [indices, graph.integers([count, 1])], [count, 1]);
      const spread = graph.emit('Expand', [column, graph.integers([count, width])], [count, width]);
      const rows = graph.emit(
        'Reshape',
        [incoming!, graph.integers([count, width])],
        [count, width],
      );
      return [
        graph.emit('ScatterElements', [graph.zeros(matrix.shape), spread, rows], matrix.shape, {
          axis: 0,
          reduction: 'add',
        }),
      ];
    },
  });
  return output;
}

/** `x[i, indices[i, j]]` of a matrix; indices are int32 or int64. */
export function gatherElements(graph: GraphBuilder, x: Value, indices: Value): Value {
  const output = graph.emit('GatherElements', [x, indices], indices.shape, { axis: 1 });
  graph.record({
    inputs: [x],
    outputs: [output],
    vjp: ([incoming]) => [
      graph.emit('ScatterElements', [graph.zeros(x.shape), indices, incoming!], x.shape, {
        axis: 1,
        reduction: 'add',
      }),
    ],
  });
  return output;
}

/** Rows of a matrix in another order; the gradient is a gather by the inverse, no scatter. */
export function permuteRows(
  graph: GraphBuilder,
  x: Value,
  { index, inverse, hasZeroRows, leavesOut }: RowPermutation<Value>,
): Value {
  const gather = (matrix: Value, rows: Value, padded: boolean) => {
    const width = matrix.shape[1]!;
    const source = padded ? concat(graph, [matrix, graph.zeros([1, width])], 0) : matrix;
    return graph.emit('Gather', [source, rows], [rows.shape[0]!, width], { axis: 0 });
  };
  return graph.composite(
    [x],
    () => gather(x, index, hasZeroRows),
    (incoming) => [gather(incoming, inverse, leavesOut)],
  );
}
