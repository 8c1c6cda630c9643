/** Defines the operations whose lowering depends on the provider; all others have the same nodes everywhere. */
import type { GraphBuilder } from '../ir/builder.ts';
import type { AddRows } from '../rules/gather.ts';
import type { BatchedProduct } from '../rules/matrix.ts';
import type { Value } from '../ir/value.ts';

/**
 * `plain` uses only standard ONNX operations for which every provider has a kernel: an operation without a kernel on the device would go to
 * the CPU and back. `fused` uses operations of ONNX Runtime on CPU.
 */
export type LoweringName = 'plain' | 'fused';

/** Normed rows, and for their gradient each row's mean and the factor `1 / √(var(x) + epsilon)`, `[rows, 1]`. */
export interface NormedRows {
  readonly output: Value;
  readonly mean: Value;
  readonly inverse: Value;
}

/** One lowering. */
export interface Kernels {
  readonly name: LoweringName;
  readonly product: BatchedProduct;
  /** `x / √(mean(x²) + epsilon) ∘ weight` along the last axis, differentiable. */
  rmsNorm(graph: GraphBuilder, x: Value, weight: Value, epsilon: number): Value;
  /** `(x − mean(x)) · inverse ∘ weight + bias` along the last axis. The gradient is the caller's business. */
  layerNorm(graph: GraphBuilder, x: Value, weight: Value, bias: Value, epsilon: number): NormedRows;
  /** Rotates the halves of each head of `x [rows, heads · headSize]`. The gradient is the caller's business. */
  rotateHalves(graph: GraphBuilder, x: Value, cos: Value, sin: Value, heads: number): Value;
  /** `x / (1 + e⁻ˣ)`. The gradient is the caller's business. */
  silu(graph: GraphBuilder, x: Value): Value;
  /** The tanh approximation of GELU. The gradient is the caller's business. */
  geluTanh(graph: GraphBuilder, x: Value): Value;
  /** `log softmax(x)` along the last axis. The gradient is the caller's business. */
  logSoftmax(graph: GraphBuilder, x: Value): Value;
  /** The gradient of picking rows. */
  readonly addRows: AddRows;
  /** Sum of values of one shape. Without a gradient. */
  sum(graph: GraphBuilder, parts: readonly Value[]): Value;
}
