/** Implements the lowering to operations of ONNX Runtime on CPU (domain `com.microsoft`), with gradients written out. */
import { MICROSOFT } from '../ir/builder.ts';
import { multiply, subtract } from '../rules/arithmetic.ts';
import { addRowsInPlace } from '../rules/gather.ts';
import { fusedMatMul } from '../rules/matrix.ts';
import { reduceMean } from '../rules/reduce.ts';
import { reshape } from '../rules/shape.ts';
import type { Kernels } from './kernels.ts';

/** The lowering for the CPU provider. */
export const fusedKernels: Kernels = {
  name: 'fused',
  product: fusedMatMul,
  /** With x̂ = x · inverse: dx = inverse · (dy∘w − x̂ · mean(dy∘w∘x̂)), dw = Σ dy∘x̂. */
  rmsNorm(graph, x, weight, epsilon) {
    const statistics = [...x.shape.slice(0, -1), 1];
    const [output, inverse] = graph.emitMany(
      'SimplifiedLayerNormalization',
      [x, weight],
      [{ shape: x.shape }, { shape: statistics }],
      { axis: -1, epsilon: { float: epsilon }, stash_type: 1 },
    );
    graph.record({
      inputs: [x, weight],
      outputs: [output!],
      vjp: ([incoming], [, weightNeeded]) => {
        const normed = multiply(graph, x, inverse!);
        const scaled = multiply(graph, incoming!, weight);
        const mean = reduceMean(graph, multiply(graph, scaled, normed), [-1]);
        const inner = subtract(graph, scaled, multiply(graph, normed, mean));
        return [
          multiply(graph, inner, inverse!),
          weightNeeded ? multiply(graph, incoming!, normed) : undefined,
        ];
      },
    });
    return output!;
  },
  layerNorm(graph, x, weight, bias, epsilon) {
    const statistics = { shape: [...x.shape.slice(0, -1), 1] };
    const [output, mean, inverse] = graph.emitMany(
      'LayerNormalization',
      [x, weight, bias],
      [{ shape: x.shape }, statistics, statistics],
      { axis: -1, epsilon: { float: epsilon }, stash_type: 1 },
    );
    return { output: output!, mean: mean!, inverse: inverse! };
  },
  rotateHalves(graph, x, cos, sin, heads) {
    const shape = [1, ...x.shape];
    const start = graph.integers([0]);
    const turned = graph.emit(
      'RotaryEmbedding',
      [reshape(graph, x, shape), start, cos, sin],
      shape,
      { num_heads: heads },
      { domain: MICROSOFT },
    );
    return reshape(graph, turned, x.shape);
  },
  silu: (graph, x) =>
    graph.emit('QuickGelu', [x], x.shape, { alpha: { float: 1 } }, { domain: MICROSOFT }),
  geluTanh: (graph, x) => graph.emit('Gelu', [x], x.shape, { approximate: 'tanh' }),
  logSoftmax: (graph, x) => graph.emit('LogSoftmax', [x], x.shape, { axis: -1 }),
  addRows: addRowsInPlace,
  sum: (graph, parts) => graph.emit('Sum', parts, parts[0]!.shape),
};
