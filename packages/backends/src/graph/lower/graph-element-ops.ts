/** Implements `ElementOps` on ONNX graphs. */
import type { ElementOps } from '../../ops/element-ops.ts';
import type { GraphBuilder } from '../ir/builder.ts';
import { add, divide, maximum, minimum, multiply, subtract } from '../rules/arithmetic.ts';
import { reduceSum } from '../rules/reduce.ts';
import { exponential, negate, squareRoot } from '../rules/unary.ts';
import type { Value } from '../ir/value.ts';

/** The arithmetic of one graph; standard operations only, the same under every lowering. */
export function graphElementOps(graph: GraphBuilder): ElementOps<Value> {
  return {
    scalar: (value) => graph.scalar(value),
    add: (a, b) => add(graph, a, b),
    subtract: (a, b) => subtract(graph, a, b),
    multiply: (a, b) => multiply(graph, a, b),
    divide: (a, b) => divide(graph, a, b),
    negate: (x) => negate(graph, x),
    exponential: (x) => exponential(graph, x),
    squareRoot: (x) => squareRoot(graph, x),
    minimum: (a, b) => minimum(graph, a, b),
    maximum: (a, b) => maximum(graph, a, b),
    sum: (x) => reduceSum(graph, x, [...x.shape.keys()], false),
    sumOfSquares: (x) =>
      graph.emit('ReduceSumSquare', [x, graph.integers([0])], [], { keepdims: 0 }),
    detach: (x) => graph.withoutTape(() => graph.emit('Identity', [x], x.shape)),
  };
}
