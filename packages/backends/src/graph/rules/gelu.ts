/** Implements GELU (arXiv 1606.08415), exact and by its tanh approximation, with gradients of their own. */
import { GELU_TANH } from '../../ops/gelu-tanh.ts';
import type { GraphBuilder } from '../ir/builder.ts';
import type { Value } from '../ir/value.ts';
import { add, multiply, subtract } from './arithmetic.ts';
import { sigmoid } from './unary.ts';

/** The exact `x · Φ(x)`, with Φ the normal distribution function; its slope is `Φ(x) + x · φ(x)`. */
export function gelu(graph: GraphBuilder, x: Value): Value {
  return graph.composite(
    [x],
    () => multiply(graph, x, normalDistribution(graph, x)),
    (incoming) => {
      const square = multiply(graph, multiply(graph, x, x), graph.scalar(-0.5));
      const density = multiply(
        graph,
        graph.emit('Exp', [square], x.shape),
        graph.scalar(1 / Math.sqrt(2 * Math.PI)),
      );
      const slope = add(graph, normalDistribution(graph, x), multiply(graph, x, density));
      return [multiply(graph, incoming, slope)];
    },
  );
}

function normalDistribution(graph: GraphBuilder, x: Value): Value {
  const error = graph.emit('Erf', [multiply(graph, x, graph.scalar(Math.SQRT1_2))], x.shape);
  return multiply(graph, add(graph, error, graph.scalar(1)), graph.scalar(0.5));
}

/** `a + b · square`, an even polynomial. */
function even(graph: GraphBuilder, square: Value, a: number, b: number): Value {
  return add(graph, multiply(graph, square, graph.scalar(b)), graph.scalar(a));
}

/** `0.5 · (1 + tanh u)`, the sigmoid of 2u, with `square` the square of `x`. */
function tanhGate(graph: GraphBuilder, x: Value, square: Value): Value {
  const { linear, cubic } = GELU_TANH;
  return sigmoid(graph, multiply(graph, x, even(graph, square, linear, cubic)));
}

/** The tanh approximation by standard operations. The gradient is the caller's business. */
export function geluTanhProduct(graph: GraphBuilder, x: Value): Value {
  return multiply(graph, x, tanhGate(graph, x, multiply(graph, x, x)));
}

/**
 * The tanh approximation; with s the sigmoid of 2u its slope is `s + x · s · (1 − s) · 2u′`.
 *
 * @param forward computes the approximation itself.
 */
export function geluTanh(
  graph: GraphBuilder,
  x: Value,
  forward: (graph: GraphBuilder, x: Value) => Value = geluTanhProduct,
): Value {
  const { linear, cubic } = GELU_TANH;
  return graph.composite(
    [x],
    () => forward(graph, x),
    (incoming) => {
      const square = multiply(graph, x, x);
      const open = tanhGate(graph, x, square);
      const rest = subtract(graph, graph.scalar(1), open);
      const spread = multiply(graph, multiply(graph, x, open), rest);
      const bend = multiply(graph, spread, even(graph, square, linear, 3 * cubic));
      return [multiply(graph, incoming, add(graph, open, bend))];
    },
  );
}
