/**
 * Implements `TensorOps` on TensorFlow.js. Composite operations have their gradients written out. That keeps fewer intermediates than the
 * library's tape, and some of the library's own gradients are wrong or missing on some backends.
 */
import type {
  RotaryTables,
  RowPermutation,
  SharedPromptAttention,
  TensorOps,
} from '../../ops/tensor-ops.ts';
import { composite } from '../tf.ts';
import type { Tensor, Tf } from '../tf.ts';
import { attendSegments } from './attention.ts';
import { attendSharedPrompt, sharedPromptMasks } from './shared-prompt-attention.ts';
import type { SharedPromptMasks } from './shared-prompt-attention.ts';
import { gelu, geluTanh, swiglu } from './activations.ts';
import { layerNorm, rmsNorm } from './norms.ts';
import type { Products } from './products.ts';
import { scatterRows } from './scatter.ts';
import { tokenFigures, tokenLogProbs } from './tokens.ts';

/** Matrices kept transposed while weights do not change, see `Products.keepsTransposed`; their owner disposes of them. */
export type TransposedWeights = Map<Tensor, Tensor>;

function linear(tf: Tf, products: Products, x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  return composite(tf, bias ? [x, weight, bias] : [x, weight], (save) => {
    save([x, weight]);
    return {
      value: products.matrix(x, weight, { b: true, ...(bias ? { bias } : {}) }),
      gradient: (incoming, [input, kernel]) => [
        products.matrix(incoming, kernel!),
        towardsWeight(tf, products, incoming, input!),
        ...(bias ? [tf.sum(incoming, 0)] : []),
      ],
    };
  });
}

/** `linear` in training with a frozen weight: the input need not be kept. */
function linearByConstant(
  tf: Tf,
  products: Products,
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
): Tensor {
  return composite(tf, [x], () => ({
    value: products.matrix(x, weight, { b: true, ...(bias ? { bias } : {}) }),
    gradient: (incoming) => [products.matrix(incoming, weight)],
  }));
}

/** `incomingᵀ · input`, by transposing the narrower of the two. */
function towardsWeight(tf: Tf, products: Products, incoming: Tensor, input: Tensor): Tensor {
  return incoming.shape[1]! <= input.shape[1]!
    ? products.matrix(incoming, input, { a: true })
    : tf.transpose(products.matrix(input, incoming, { a: true }));
}

/** `linear` outside training, with a weight transposed once. */
function repeatedLinear(
  tf: Tf,
  products: Products,
  transposed: TransposedWeights,
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
): Tensor {
  let kernel = transposed.get(weight);
  if (!kernel && products.keepsTransposed) {
    kernel = tf.keep(tf.transpose(weight));
    transposed.set(weight, kernel);
  }
  const added = bias ? { bias } : {};
  return kernel
    ? products.matrix(x, kernel, added)
    : products.matrix(x, weight, { b: true, ...added });
}

/** Rotary tables for both halves of a head, `[rows, 1, 2, half]`: cosines twice, and sines with the sign of their half. */
interface HalvesTables {
  readonly cos: Tensor;
  readonly sin: Tensor;
}

function halvesTables(tf: Tf, { cos, sin }: RotaryTables<Tensor>): HalvesTables {
  const [rows, half] = cos.shape as [number, number];
  const stacked = (first: Tensor, second: Tensor) =>
    tf.reshape(tf.concat([first, second], 1), [rows, 1, 2, half]);
  return { cos: stacked(cos, cos), sin: stacked(tf.neg(sin), sin) };
}

/** A sum of two products; the inverse of a rotation is the rotation by the opposite angle, so the gradient rotates back. */
function rotate(tf: Tf, x: Tensor, tables: HalvesTables, heads: number): Tensor {
  const [rows, , , half] = tables.cos.shape as [number, number, number, number];
  const turn = (rotated: Tensor, cos: Tensor, sin: Tensor, back: boolean) => {
    const halves = tf.reshape(rotated, [rows, heads, 2, half]);
    const crossed = tf.mul(tf.reverse(halves, 2), sin);
    const straight = tf.mul(halves, cos);
    const turned = back ? tf.sub(straight, crossed) : tf.add(straight, crossed);
    return tf.reshape(turned, rotated.shape);
  };
  return composite(tf, [x], (save) => {
    save([tables.cos, tables.sin]);
    return {
      value: turn(x, tables.cos, tables.sin, false),
      gradient: (incoming, [cos, sin]) => [turn(incoming, cos!, sin!, true)],
    };
  });
}

/** The gradient sums repeated ids; the library's own gradient of a gather does not run on all backends. */
function embed(tf: Tf, weight: Tensor, ids: Tensor): Tensor {
  return composite(tf, [weight], (save) => {
    save([ids]);
    return {
      value: tf.gather(weight, ids.as1D()),
      gradient: (incoming, [rows]) => [
        scatterRows(tf, tf.reshape(rows!, [1, -1]), tf.expandDims(incoming, 0), weight.shape[0]!),
      ],
    };
  });
}

/** Rows of a matrix in another order; the gradient is a gather by the inverse, no scatter. */
function permuteRows(
  tf: Tf,
  x: Tensor,
  { index, inverse, hasZeroRows, leavesOut }: RowPermutation<Tensor>,
): Tensor {
  const gather = (matrix: Tensor, rows: Tensor, padded: boolean) =>
    tf.gather(
      padded ? tf.concat([matrix, tf.zeros([1, matrix.shape[1]!])], 0) : matrix,
      rows.as1D(),
    );
  return composite(tf, [x], (save) => {
    save([inverse]);
    return {
      value: gather(x, index, hasZeroRows),
      gradient: (incoming, [back]) => [gather(incoming, back!, leavesOut)],
    };
  });
}

/** Values shared by several layers, made on first use. */
function once<Made>(made: Map<Tensor, Made>, key: Tensor, make: () => Made): Made {
  const existing = made.get(key);
  if (existing) return existing;
  const value = make();
  made.set(key, value);
  return value;
}

/** A run's facts about its weights. */
export interface RunWeights {
  /** Given for runs without gradients that use weights repeatedly. */
  readonly transposed?: TransposedWeights;
  /** Frozen weights, which get no gradients. */
  readonly frozen?: ReadonlySet<Tensor>;
}

/** The operations of one run. */
export function tfjsOps(
  tf: Tf,
  products: Products,
  { transposed, frozen = new Set() }: RunWeights = {},
): TensorOps<Tensor> {
  const masks = new Map<Tensor, SharedPromptMasks>();
  const masksOf = (layout: SharedPromptAttention<Tensor>) =>
    once(masks, layout.promptMask, () => sharedPromptMasks(tf, products, layout));
  const tables = new Map<Tensor, HalvesTables>();
  const tablesOf = (rotary: RotaryTables<Tensor>) =>
    once(tables, rotary.cos, () => halvesTables(tf, rotary));
  return {
    shapeOf: ({ shape }) => shape,
    add: (a, b) => tf.add(a, b),
    multiply: (a, b) => tf.mul(a, b),
    scale: (x, factor) => tf.mul(x, factor),
    reshape: (x, shape) => tf.reshape(x, [...shape]),
    splitColumns: (x, widths) => tf.split(x, [...widths], 1),
    linear: (x, weight, bias) => {
      if (transposed) return repeatedLinear(tf, products, transposed, x, weight, bias);
      const isConstant = frozen.has(weight) && (!bias || frozen.has(bias));
      return (isConstant ? linearByConstant : linear)(tf, products, x, weight, bias);
    },
    rmsNorm: (x, weight, epsilon) => rmsNorm(tf, x, weight, epsilon, frozen.has(weight)),
    layerNorm: (x, weight, bias, epsilon) =>
      layerNorm(tf, x, weight, bias, epsilon, frozen.has(weight) && frozen.has(bias)),
    swiglu: (gate, up) => swiglu(tf, gate, up),
    gelu: (x, approximation) => (approximation === 'tanh' ? geluTanh(tf, x) : gelu(tf, x)),
    rotate: (x, rotary, heads) => rotate(tf, x, tablesOf(rotary), heads),
    attendSegments: (query, key, value, layout) =>
      attendSegments(tf, products, [query, key, value], layout),
    attendSharedPrompt: (query, key, value, layout) =>
      attendSharedPrompt(tf, products, [query, key, value], layout, masksOf(layout)),
    embed: (weight, ids) => embed(tf, weight, ids),
    permuteRows: (x, permutation) => permuteRows(tf, x, permutation),
    concatColumns: (parts) => tf.concat([...parts], 1),
    concatRows: (parts) => tf.concat([...parts], 0),
    checkpointedSegment: (x, build) => build(x),
    sliceRows: (x, start, end) => tf.slice(x, [start, 0], [end - start, x.shape[1]!]),
    withoutGradient: (build) => composite(tf, [], () => ({ value: build(), gradient: () => [] })),
    tokenLogProbs: (logits, targets) => tokenLogProbs(tf, logits, targets),
    tokenFigures: (logits, targets) => tokenFigures(tf, logits, targets),
  };
}
