/** Implements operations that only move elements, and their gradients, which move them back. */
import type { GraphBuilder } from '../ir/builder.ts';
import { positiveAxis, sameShape, sizeOf, UNKNOWN } from '../ir/value.ts';
import type { Shape, Value } from '../ir/value.ts';

/** The same elements in the same order under another shape, one length of which may follow from the others. */
export function reshape(graph: GraphBuilder, x: Value, to: Shape): Value {
  // A multiple of an unknown length is unknown.
  const shape = to.map((length) => (length < 0 ? UNKNOWN : length));
  if (sameShape(x.shape, shape)) return x;
  const isKnown = ![...x.shape, ...shape].includes(UNKNOWN);
  if (isKnown && sizeOf(x.shape) !== sizeOf(shape)) {
    throw new Error(`[${x.shape.join(', ')}] cannot be reshaped to [${shape.join(', ')}]`);
  }
  const output = graph.emit('Reshape', [x, graph.integers(shape)], shape);
  graph.record({
    inputs: [x],
    outputs: [output],
    vjp: ([incoming]) => [reshape(graph, incoming!, x.shape)],
  });
  return output;
}

/** Axis `i` of the result is axis `order[i]` of `x`. */
export function transpose(graph: GraphBuilder, x: Value, order: readonly number[]): Value {
  const shape = order.map((axis) => x.shape[axis]!);
  const output = graph.emit('Transpose', [x], shape, { perm: order });
  const back = order.map((_, axis) => order.indexOf(axis));
  graph.record({
    inputs: [x],
    outputs: [output],
    vjp: ([incoming]) => [transpose(graph, incoming!, back)],
  });
  return output;
}

/** Elements `start` to `end` (exclusive) along an axis. */
export function slice(
  graph: GraphBuilder,
  x: Value,
  axis: number,
  start: number,
  end: number,
): Value {
  const along = positiveAxis(axis, x.shape.length);
  const length = x.shape[along]!;
  if (start === 0 && end === length) return x;
  const withLength = (count: number) =>
    x.shape.map((size, index) => (index === along ? count : size));
  const bounds = [[start], [end], [along]].map((bound) => graph.integers(bound));
  const output = graph.emit('Slice', [x, ...bounds], withLength(end - start));
  graph.record({
    inputs: [x],
    outputs: [output],
    vjp: ([incoming]) => {
      const before = start > 0 ? [graph.zeros(withLength(start))] : [];
      const after = end < length ? [graph.zeros(withLength(length - end))] : [];
      return [concat(graph, [...before, incoming!, ...after], along)];
    },
  });
  return output;
}

/** Concatenates values along an axis. */
export function concat(graph: GraphBuilder, parts: readonly Value[], axis: number): Value {
  const first = parts[0]!;
  if (parts.length === 1) return first;
  const along = positiveAxis(axis, first.shape.length);
  const total = parts.reduce((sum, part) => sum + part.shape[along]!, 0);
  const shape = first.shape.map((length, index) => (index === along ? total : length));
  const output = graph.emit('Concat', parts, shape, { axis: along });
  graph.record({
    inputs: parts,
    outputs: [output],
    vjp: ([incoming], needed) => {
      let start = 0;
      return parts.map((part, index) => {
        const end = start + part.shape[along]!;
        const own = needed[index] ? slice(graph, incoming!, along, start, end) : undefined;
        start = end;
        return own;
      });
    },
  });
  return output;
}

/** Splits a value along an axis into parts of the given lengths. */
export function split(
  graph: GraphBuilder,
  x: Value,
  axis: number,
  lengths: readonly number[],
): Value[] {
  const along = positiveAxis(axis, x.shape.length);
  const shapes = lengths.map((count) => ({
    shape: x.shape.map((length, index) => (index === along ? count : length)),
  }));
  const outputs = graph.emitMany('Split', [x, graph.integers(lengths)], shapes, { axis: along });
  graph.record({
    inputs: [x],
    outputs,
    vjp: (incoming) => [
      concat(
        graph,
        outputs.map((output, index) => incoming[index] ?? graph.zeros(output.shape)),
        along,
      ),
    ],
  });
  return outputs;
}

/** Repeats along axes of length 1. */
export function expand(graph: GraphBuilder, x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  const output = graph.emit('Expand', [x, graph.integers(shape)], shape);
  graph.record({ inputs: [x], outputs: [output], vjp: ([incoming]) => [incoming] });
  return output;
}
