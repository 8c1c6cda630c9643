/** Implements `TensorOps` on ONNX graphs: the model's operations as nodes, under the chosen lowering. */
import type { SharedPromptAttention, TensorOps } from '../../ops/tensor-ops.ts';
import type { GraphBuilder } from '../ir/builder.ts';
import { checkpointedSegment } from '../autodiff/checkpointed-segment.ts';
import { add, multiply, subtract } from '../rules/arithmetic.ts';
import { gatherRows, permuteRows } from '../rules/gather.ts';
import { gelu, geluTanh } from '../rules/gelu.ts';
import { gemm } from '../rules/matrix.ts';
import { reduceSum } from '../rules/reduce.ts';
import { concat, reshape, slice, split } from '../rules/shape.ts';
import { exponential, negate, sigmoid } from '../rules/unary.ts';
import type { Value } from '../ir/value.ts';
import { kernelsOf } from './kernels-of.ts';
import type { Kernels, LoweringName } from './kernels.ts';
import { layerNorm } from './layer-norm.ts';
import { attendSegments } from './segment-attention.ts';
import { attendSharedPrompt, sharedPromptBlocks } from './shared-prompt-attention.ts';
import type { SharedPromptBlocks } from './shared-prompt-attention.ts';

/** `silu(gate) ∘ up`; with s the sigmoid, silu′(x) = s + silu(x)·(1 − s). */
function swiglu(graph: GraphBuilder, kernels: Kernels, gate: Value, up: Value): Value {
  let activated: Value | undefined;
  return graph.composite(
    [gate, up],
    () => {
      activated = kernels.silu(graph, gate);
      return multiply(graph, activated, up);
    },
    (incoming) => {
      const open = sigmoid(graph, gate);
      const rest = subtract(graph, graph.scalar(1), open);
      const slope = add(graph, open, multiply(graph, activated!, rest));
      const towardsGate = multiply(graph, multiply(graph, incoming, up), slope);
      return [towardsGate, multiply(graph, incoming, activated!)];
    },
  );
}

/** The inverse of a rotation is the rotation by the opposite angle, so the gradient rotates back. */
function rotate(
  graph: GraphBuilder,
  kernels: Kernels,
  x: Value,
  { cos, sin }: { readonly cos: Value; readonly sin: Value },
  heads: number,
): Value {
  return graph.composite(
    [x],
    () => kernels.rotateHalves(graph, x, cos, sin, heads),
    (incoming) => [kernels.rotateHalves(graph, incoming, cos, negate(graph, sin), heads)],
  );
}

/** Gathered log-softmax; with d the incoming gradients of a row, dlogits = onehot(d) − softmax · Σd. */
function tokenLogProbs(
  graph: GraphBuilder,
  kernels: Kernels,
  logits: Value,
  targets: Value,
): Value {
  let all: Value | undefined;
  return graph.composite(
    [logits],
    () => {
      all = kernels.logSoftmax(graph, logits);
      return graph.emit('GatherElements', [all, targets], targets.shape, { axis: 1 });
    },
    (incoming) => {
      const total = targets.shape[1] === 1 ? incoming : reduceSum(graph, incoming, [-1]);
      const spread = multiply(graph, exponential(graph, all!), negate(graph, total));
      return [
        graph.emit('ScatterElements', [spread, targets, incoming], logits.shape, {
          axis: 1,
          reduction: 'add',
        }),
      ];
    },
  );
}

/**
 * Gathered log-softmax, and H = −Σ p·log p as a last column; with d the incoming gradients of the gathered and e that of H,
 * dlogits = onehot(d) − p ∘ (Σd + e·(log p + H)).
 */
function tokenFigures(graph: GraphBuilder, kernels: Kernels, logits: Value, targets: Value): Value {
  const count = targets.shape[1]!;
  let all: Value | undefined;
  let entropy: Value | undefined;
  return graph.composite(
    [logits],
    () => {
      all = kernels.logSoftmax(graph, logits);
      const expected = multiply(graph, exponential(graph, all), all);
      entropy = negate(graph, reduceSum(graph, expected, [-1]));
      const picked = graph.emit('GatherElements', [all, targets], targets.shape, { axis: 1 });
      return concat(graph, [picked, entropy], 1);
    },
    (incoming) => {
      const [own, byEntropy] = split(graph, incoming, 1, [count, 1]) as [Value, Value];
      const total = count === 1 ? own : reduceSum(graph, own, [-1]);
      const surplus = multiply(graph, add(graph, all!, entropy!), byEntropy);
      const slope = negate(graph, add(graph, surplus, total));
      const spread = multiply(graph, exponential(graph, all!), slope);
      return [
        graph.emit('ScatterElements', [spread, targets, own], logits.shape, {
          axis: 1,
          reduction: 'add',
        }),
      ];
    },
  );
}

/** The options for gradients. */
export interface GradientOptions {
  /** Recompute the inside of segments rather than keep it: less memory, more time. Default: false. */
  readonly recompute?: boolean;
}

/** The operations of one graph under one lowering. */
export function graphOps(
  graph: GraphBuilder,
  lowering: LoweringName,
  { recompute = false }: GradientOptions = {},
): TensorOps<Value> {
  const kernels = kernelsOf(lowering);
  const blocks = new Map<Value, SharedPromptBlocks>();
  const blocksOf = (layout: SharedPromptAttention<Value>) => {
    const existing = blocks.get(layout.promptMask);
    if (existing) return existing;
    const made = graph.withoutTape(() => sharedPromptBlocks(graph, layout));
    blocks.set(layout.promptMask, made);
    return made;
  };
  return {
    shapeOf: ({ shape }) => shape,
    add: (a, b) => add(graph, a, b),
    multiply: (a, b) => multiply(graph, a, b),
    scale: (x, factor) => multiply(graph, x, graph.scalar(factor)),
    reshape: (x, shape) => reshape(graph, x, shape),
    splitColumns: (x, widths) => split(graph, x, 1, widths),
    linear: (x, weight, bias) =>
      gemm(graph, x, weight, { transposeB: true, ...(bias ? { bias } : {}) }),
    rmsNorm: (x, weight, epsilon) => kernels.rmsNorm(graph, x, weight, epsilon),
    layerNorm: (x, weight, bias, epsilon) => layerNorm(graph, kernels, x, weight, bias, epsilon),
    swiglu: (gate, up) => swiglu(graph, kernels, gate, up),
    gelu: (x, approximation) =>
      approximation === 'tanh' ? geluTanh(graph, x, kernels.geluTanh) : gelu(graph, x),
    rotate: (x, tables, heads) => rotate(graph, kernels, x, tables, heads),
    attendSegments: (query, key, value, layout) =>
      attendSegments(graph, kernels, [query, key, value], layout, recompute),
    attendSharedPrompt: (query, key, value, layout) =>
      attendSharedPrompt(graph, kernels, [query, key, value], layout, blocksOf(layout), recompute),
    embed: (weight, ids) => gatherRows(graph, weight, ids, kernels.addRows),
    permuteRows: (x, permutation) => permuteRows(graph, x, permutation),
    concatColumns: (parts) => concat(graph, parts, 1),
    concatRows: (parts) => concat(graph, parts, 0),
    sliceRows: (x, start, end) => slice(graph, x, 0, start, end),
    checkpointedSegment: (x, build, inside) =>
      checkpointedSegment(graph, x, build, recompute || inside === 'large'),
    withoutGradient: (build) => graph.withoutTape(build),
    tokenLogProbs: (logits, targets) => tokenLogProbs(graph, kernels, logits, targets),
    tokenFigures: (logits, targets) => tokenFigures(graph, kernels, logits, targets),
  };
}
