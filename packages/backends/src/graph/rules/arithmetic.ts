/** Implements element-wise operations of two values, broadcasting as in numpy, and their gradients. */
import type { GraphBuilder } from '../ir/builder.ts';
import { broadcastShapes, sameShape } from '../ir/value.ts';
import type { ElementType, Shape, Value } from '../ir/value.ts';

type Gradient = (gradient: Value, which: 0 | 1, output: Value) => Value;

function binary(op: string, graph: GraphBuilder, a: Value, b: Value, gradient: Gradient): Value {
  const output = graph.emit(op, [a, b], broadcastShapes(a.shape, b.shape));
  graph.record({
    inputs: [a, b],
    outputs: [output],
    vjp: ([incoming], needed) =>
      ([0, 1] as const).map((which) =>
        needed[which] ? gradient(incoming!, which, output) : undefined,
      ),
  });
  return output;
}

/** `a + b` */
export function add(graph: GraphBuilder, a: Value, b: Value): Value {
  return binary('Add', graph, a, b, (gradient) => gradient);
}

/** `a − b` */
export function subtract(graph: GraphBuilder, a: Value, b: Value): Value {
  return binary('Sub', graph, a, b, (gradient, which) =>
    which === 0 ? gradient : graph.emit('Neg', [gradient], gradient.shape),
  );
}

/** `a · b` */
export function multiply(graph: GraphBuilder, a: Value, b: Value): Value {
  return binary('Mul', graph, a, b, (gradient, which) =>
    multiply(graph, gradient, which === 0 ? b : a),
  );
}

/** `a / b` */
export function divide(graph: GraphBuilder, a: Value, b: Value): Value {
  return binary('Div', graph, a, b, (gradient, which, output) => {
    const quotient = divide(graph, gradient, b);
    if (which === 0) return quotient;
    const product = multiply(graph, quotient, output);
    return graph.emit('Neg', [product], product.shape);
  });
}

function extremum(op: 'Min' | 'Max', graph: GraphBuilder, a: Value, b: Value): Value {
  return binary(op, graph, a, b, (gradient, which) => {
    const firstWins =
      op === 'Min' ? compare(graph, 'LessOrEqual', a, b) : compare(graph, 'LessOrEqual', b, a);
    const zero = graph.scalar(0);
    const branches = which === 0 ? [gradient, zero] : [zero, gradient];
    return graph.emit('Where', [firstWins, ...branches], gradient.shape, {}, { type: 'float32' });
  });
}

/** The lesser of two; where they are equal the gradient goes to `a`. */
export function minimum(graph: GraphBuilder, a: Value, b: Value): Value {
  return extremum('Min', graph, a, b);
}

/** The greater of two; where they are equal the gradient goes to `a`. */
export function maximum(graph: GraphBuilder, a: Value, b: Value): Value {
  return extremum('Max', graph, a, b);
}

/** A comparison; it has no gradient. */
export function compare(
  graph: GraphBuilder,
  op: 'Less' | 'LessOrEqual' | 'Equal' | 'Greater' | 'GreaterOrEqual',
  a: Value,
  b: Value,
): Value {
  return graph.emit(op, [a, b], broadcastShapes(a.shape, b.shape), {}, { type: 'bool' });
}

/** Changes the element type; it has no gradient. */
export function cast(graph: GraphBuilder, x: Value, type: ElementType, code: number): Value {
  return graph.emit('Cast', [x], x.shape, { to: code }, { type });
}

/** Undoes broadcasting: sums a gradient over the axes along which its value was repeated. Not recorded. */
export function sumTo(graph: GraphBuilder, gradient: Value, shape: Shape): Value {
  if (sameShape(gradient.shape, shape)) return gradient;
  const lead = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((length, axis) =>
    axis < lead || (shape[axis - lead] === 1 && length !== 1) ? [axis] : [],
  );
  const kept = gradient.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const summed =
    axes.length === 0
      ? gradient
      : graph.emit('ReduceSum', [gradient, graph.integers(axes)], kept, { keepdims: 1 });
  return sameShape(summed.shape, shape)
    ? summed
    : graph.emit('Reshape', [summed, graph.integers(shape)], shape);
}
