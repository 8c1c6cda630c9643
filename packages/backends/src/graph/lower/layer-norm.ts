/** Computes layer normalization with a gradient that keeps two numbers for each row. */
import type { GraphBuilder } from '../ir/builder.ts';
import type { Value } from '../ir/value.ts';
import { add, multiply, subtract } from '../rules/arithmetic.ts';
import { reduceMean } from '../rules/reduce.ts';
import type { Kernels, NormedRows } from './kernels.ts';

/**
 * `(x − mean(x)) · inverse ∘ weight + bias` along the last axis, with `inverse = 1 / √(var(x) + epsilon)`. With
 * x̂ = (x − mean(x)) · inverse and s = dy∘weight: dx = inverse · (s − mean(s) − x̂ · mean(s∘x̂)), dweight = Σ dy∘x̂, dbias = Σ dy.
 *
 * @param x `[rows, width]`; `weight` and `bias` are `[width]`.
 */
export function layerNorm(
  graph: GraphBuilder,
  kernels: Kernels,
  x: Value,
  weight: Value,
  bias: Value,
  epsilon: number,
): Value {
  let rows: NormedRows | undefined;
  return graph.composite(
    [x, weight, bias],
    () => {
      rows = kernels.layerNorm(graph, x, weight, bias, epsilon);
      return rows.output;
    },
    (incoming, [xNeeded, weightNeeded, biasNeeded]) => {
      const { mean, inverse } = rows!;
      const normed = multiply(graph, subtract(graph, x, mean), inverse);
      const towardsX = () => {
        const scaled = multiply(graph, incoming, weight);
        const along = reduceMean(graph, multiply(graph, scaled, normed), [-1]);
        const lost = add(graph, reduceMean(graph, scaled, [-1]), multiply(graph, normed, along));
        return multiply(graph, subtract(graph, scaled, lost), inverse);
      };
      return [
        xNeeded ? towardsX() : undefined,
        weightNeeded ? multiply(graph, incoming, normed) : undefined,
        biasNeeded ? incoming : undefined,
      ];
    },
  );
}
