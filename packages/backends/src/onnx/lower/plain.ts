/** Standard ONNX operations only. */
import { add, divide, multiply, subtract } from '../graph/rules/arithmetic.ts';
import { matMul } from '../graph/rules/matrix.ts';
import { reduceMean } from '../graph/rules/reduce.ts';
import { concat, reshape, split } from '../graph/rules/shape.ts';
import { sigmoid, squareRoot } from '../graph/rules/unary.ts';
import type { Kernels } from './kernels.ts';

/** The lowering that every provider runs. */
export const plainKernels: Kernels = {
  name: 'plain',
  product: matMul,
  rmsNorm(graph, x, weight, epsilon) {
    const meanSquare = reduceMean(graph, multiply(graph, x, x), [-1]);
    const root = squareRoot(graph, add(graph, meanSquare, graph.scalar(epsilon)));
    return multiply(graph, divide(graph, x, root), weight);
  },
  rotateHalves(graph, x, cos, sin, heads) {
    const [rows, half] = [x.shape[0]!, cos.shape[1]!];
    const table = (values: typeof cos) => reshape(graph, values, [rows, 1, half]);
    const parts = split(graph, reshape(graph, x, [rows, heads, 2 * half]), -1, [half, half]);
    const [first, second] = [parts[0]!, parts[1]!];
    const turned = [
      subtract(graph, multiply(graph, first, table(cos)), multiply(graph, second, table(sin))),
      add(graph, multiply(graph, second, table(cos)), multiply(graph, first, table(sin))),
    ];
    return reshape(graph, concat(graph, turned, -1), x.shape);
  },
  silu: (graph, x) => multiply(graph, x, sigmoid(graph, x)),
};
