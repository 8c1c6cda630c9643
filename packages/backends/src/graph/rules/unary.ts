/** Implements element-wise functions of one value and their gradients. */
import type { GraphBuilder } from '../ir/builder.ts';
import type { Value } from '../ir/value.ts';
import { divide, multiply, subtract } from './arithmetic.ts';

function unary(
  op: string,
  graph: GraphBuilder,
  x: Value,
  gradient: (incoming: Value, output: Value) => Value,
): Value {
  const output = graph.emit(op, [x], x.shape);
  graph.record({
    inputs: [x],
    outputs: [output],
    vjp: ([incoming]) => [gradient(incoming!, output)],
  });
  return output;
}

/** `−x` */
export function negate(graph: GraphBuilder, x: Value): Value {
  return unary('Neg', graph, x, (incoming) => negate(graph, incoming));
}

/** `eˣ` */
export function exponential(graph: GraphBuilder, x: Value): Value {
  return unary('Exp', graph, x, (incoming, output) => multiply(graph, incoming, output));
}

/** `ln x` */
export function logarithm(graph: GraphBuilder, x: Value): Value {
  return unary('Log', graph, x, (incoming) => divide(graph, incoming, x));
}

/** `√x` */
export function squareRoot(graph: GraphBuilder, x: Value): Value {
  return unary('Sqrt', graph, x, (incoming, output) =>
    divide(graph, multiply(graph, incoming, graph.scalar(0.5)), output),
  );
}

/** `1 / (1 + e⁻ˣ)` */
export function sigmoid(graph: GraphBuilder, x: Value): Value {
  return unary('Sigmoid', graph, x, (incoming, output) => {
    const slope = multiply(graph, output, subtract(graph, graph.scalar(1), output));
    return multiply(graph, incoming, slope);
  });
}
