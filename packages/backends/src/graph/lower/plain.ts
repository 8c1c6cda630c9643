/** Implements the lowering to standard ONNX operations only. */
import { add, cast, compare, divide, multiply, subtract } from '../rules/arithmetic.ts';
import { addRowsInPlace, scatterRows } from '../rules/gather.ts';
import { geluTanhProduct } from '../rules/gelu.ts';
import { matMul } from '../rules/matrix.ts';
import { reduceMean, reduceSum } from '../rules/reduce.ts';
import { concat, reshape, split } from '../rules/shape.ts';
import { exponential, logarithm, sigmoid, squareRoot } from '../rules/unary.ts';
import { ELEMENT_TYPES } from '../ir/value.ts';
import type { Kernels } from './kernels.ts';

/** The most tokens whose indices are compared with each other; for more the matrix would exceed 64 MB. */
const MOST_COMPARED = 4096;

/** The lowering that every provider runs. */
export const plainKernels: Kernels = {
  name: 'plain',
  product: matMul,
  rmsNorm(graph, x, weight, epsilon) {
    const meanSquare = reduceMean(graph, multiply(graph, x, x), [-1]);
    const root = squareRoot(graph, add(graph, meanSquare, graph.scalar(epsilon)));
    return multiply(graph, divide(graph, x, root), weight);
  },
  layerNorm(graph, x, weight, bias, epsilon) {
    const mean = reduceMean(graph, x, [-1]);
    const centered = subtract(graph, x, mean);
    const variance = reduceMean(graph, multiply(graph, centered, centered), [-1]);
    const root = squareRoot(graph, add(graph, variance, graph.scalar(epsilon)));
    const inverse = divide(graph, graph.scalar(1), root);
    const scaled = multiply(graph, multiply(graph, centered, inverse), weight);
    return { output: add(graph, scaled, bias), mean, inverse };
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
  geluTanh: geluTanhProduct,
  // WebGPU has no kernel for LogSoftmax and Sum.
  logSoftmax(graph, x) {
    const column = [...x.shape.slice(0, -1), 1];
    const last = graph.integers([x.shape.length - 1]);
    const most = graph.emit('ReduceMax', [x, last], column, { keepdims: 1 });
    const shifted = subtract(graph, x, most);
    const total = reduceSum(graph, exponential(graph, shifted), [-1]);
    return subtract(graph, shifted, logarithm(graph, total));
  },
  /**
   * A GPU adds the values of one place in any order, so a run could not be repeated to the last bit. So rows of one index are summed first,
   * by a product with the matrix of equal indices, and each of them writes the same sum.
   */
  addRows(graph, shape, indices, rows) {
    const count = rows.shape[0]!;
    if (count > MOST_COMPARED) return addRowsInPlace(graph, shape, indices, rows);
    const laid = (as: readonly number[]) =>
      graph.emit('Reshape', [indices, graph.integers(as)], as);
    const equal = compare(graph, 'Equal', laid([count, 1]), laid([1, count]));
    const same = cast(graph, equal, 'float32', ELEMENT_TYPES.float32);
    const summed = graph.emit('MatMul', [same, rows], rows.shape);
    return scatterRows(graph, shape, indices, summed, 'none');
  },
  sum: (graph, parts) => parts.reduce((sum, part) => graph.emit('Add', [sum, part], part.shape)),
};
