/**
 * Picks rows by index. Repeated indices add up in the gradient through `ScatterElements(add)`: the CPU kernel
 * of `ScatterND(add)` loses additions when indices repeat.
 */
import type { RowPermutation } from '../../ops/tensor-ops.ts';
import type { GraphBuilder } from '../ir/builder.ts';
import { sizeOf } from '../ir/value.ts';
import type { Shape, Value } from '../ir/value.ts';
import { concat } from './shape.ts';

/** Adds rows `[count, width]` to those of a matrix of zeros at `indices` `[count]`; repeated indices add up. */
export type AddRows = (graph: GraphBuilder, shape: Shape, indices: Value, rows: Value) => Value;

/** Writes rows at their indices, with a reduction where several go to one place. */
export function scatterRows(
  graph: GraphBuilder,
  shape: Shape,
  indices: Value,
  rows: Value,
  reduction: 'add' | 'none',
): Value {
  const [count, width] = rows.shape as [number, number];
  const column = graph.emit('Reshape', [indices, graph.integers([count, 1])], [count, 1]);
  const spread = graph.emit('Expand', [column, graph.integers([count, width])], [count, width]);
  return graph.emit('ScatterElements', [graph.zeros(shape), spread, rows], shape, {
    axis: 0,
    reduction,
  });
}

/** `AddRows` by the addition of the scatter itself. */
export const addRowsInPlace: AddRows = (graph, shape, indices, rows) =>
  scatterRows(graph, shape, indices, rows, 'add');

/** Rows `indices` (int32 or int64 of any shape) of a matrix `[rows, width]`: `[...indices, width]`. */
export function gatherRows(
  graph: GraphBuilder,
  matrix: Value,
  indices: Value,
  addRows: AddRows = addRowsInPlace,
): Value {
  const width = matrix.shape[1]!;
  const output = graph.emit('Gather', [matrix, indices], [...indices.shape, width], { axis: 0 });
  graph.record({
    inputs: [matrix],
    outputs: [output],
    vjp: ([incoming]) => {
      const count = sizeOf(indices.shape);
      const flat = graph.emit('Reshape', [indices, graph.integers([count])], [count]);
      const rows = graph.emit(
        'Reshape',
        [incoming!, graph.integers([count, width])],
        [count, width],
      );
      return [addRows(graph, matrix.shape, flat, rows)];
    },
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
