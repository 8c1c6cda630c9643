/** Implements softmax and its logarithm along the last axis. */
import type { GraphBuilder } from '../ir/builder.ts';
import type { Value } from '../ir/value.ts';
import { multiply, subtract } from './arithmetic.ts';
import { reduceSum } from './reduce.ts';
import { exponential } from './unary.ts';

/** `softmax(x)`; with y the result, dx = y ∘ (dy − Σ dy ∘ y). */
export function softmax(graph: GraphBuilder, x: Value): Value {
  const output = graph.emit('Softmax', [x], x.shape, { axis: -1 });
  graph.record({
    inputs: [x],
    outputs: [output],
    vjp: ([incoming]) => {
      const total = reduceSum(graph, multiply(graph, incoming!, output), [-1]);
      return [multiply(graph, output, subtract(graph, incoming!, total))];
    },
  });
  return output;
}

/** `log softmax(x)`; with y the result, dx = dy − eʸ ∘ Σ dy. */
export function logSoftmax(graph: GraphBuilder, x: Value): Value {
  const output = graph.emit('LogSoftmax', [x], x.shape, { axis: -1 });
  graph.record({
    inputs: [x],
    outputs: [output],
    vjp: ([incoming]) => {
      const total = reduceSum(graph, incoming!, [-1]);
      return [subtract(graph, incoming!, multiply(graph, exponential(graph, output), total))];
    },
  });
  return output;
}
