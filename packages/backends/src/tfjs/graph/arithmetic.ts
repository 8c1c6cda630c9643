/** Translates element-wise operations, reductions and products to TensorFlow. */
import { LociError } from '@loci/core';
import type { DataType } from './messages.ts';
import { emit, gathered, indexed, joined, mul, numberOf, reshaped } from './lowering.ts';
import type { Operation, Translation } from './lowering.ts';
import type { Ref } from './scope.ts';

/** An operation of the same operands under another name. */
function same(op: string, type?: DataType): Translation {
  return (operation) => [emit(operation, op, operation.inputs, {}, type)];
}

/** An operation on truth values, which has no type attribute. */
function logical(op: string): Translation {
  return ({ scope, inputs }) => scope.add(op, inputs, {}, ['bool']);
}

/** A reduction along the axes of the second input, or along all. */
function reduction(op: string, prepare = (_operation: Operation, x: Ref): Ref => x): Translation {
  return (operation) => {
    const { node, inputs, scope } = operation;
    const axes = operation.integers(1) ?? node.inputs[0]!.shape.map((_, axis) => axis);
    const keeps = { keep_dims: { flag: numberOf(node, 'keepdims', 1) === 1 } };
    const operands = [prepare(operation, inputs[0]!), scope.integers(axes)];
    return [emit(operation, op, operands, { ...indexed('Tidx'), ...keeps })];
  };
}

/** `FusedMatMul`: a product over batches with transposes and a factor. */
function batchedProduct(operation: Operation): readonly Ref[] {
  const { node, inputs, scope } = operation;
  const [a, b] = inputs as [Ref, Ref];
  const product = emit(operation, 'BatchMatMulV2', [a, b], {
    adj_x: { flag: numberOf(node, 'transA', 0) === 1 },
    adj_y: { flag: numberOf(node, 'transB', 0) === 1 },
  });
  const scale = numberOf(node, 'alpha', 1);
  return [scale === 1 ? product : mul(operation, product, scope.scalar(scale))];
}

/** `Gemm`: a product of matrices with transposes and a bias. */
function matrixProduct(operation: Operation): readonly Ref[] {
  const { node, inputs } = operation;
  const [a, b, bias] = inputs as [Ref, Ref, Ref?];
  const product = emit(operation, 'MatMul', [a, b], {
    transpose_a: { flag: numberOf(node, 'transA', 0) === 1 },
    transpose_b: { flag: numberOf(node, 'transB', 0) === 1 },
  });
  return [bias ? emit(operation, 'BiasAdd', [product, bias]) : product];
}

/** An operation along the last axis; the oneDNN kernel takes at most five axes. */
function alongRows(op: string): Translation {
  return (operation) => {
    const { shape } = operation.node.inputs[0]!;
    const x = operation.inputs[0]!;
    if (shape.length <= 3) return [emit(operation, op, [x])];
    const rows = emit(operation, op, [reshaped(operation, x, [-1, shape.at(-1)!])]);
    return [reshaped(operation, rows, shape)];
  };
}

/** `ThresholdedRelu`: x where it is above the threshold, else 0. The gradient of a ReLU computes it in one pass. */
function thresholded(operation: Operation): readonly Ref[] {
  const { node, scope } = operation;
  const x = operation.inputs[0]!;
  const excess = emit(operation, 'Sub', [x, scope.scalar(numberOf(node, 'alpha', 1))]);
  return [emit(operation, 'ReluGrad', [x, excess])];
}

function cast(operation: Operation, x: Ref, to: DataType): Ref {
  if (x.type === to) return x;
  const types = { SrcT: { type: x.type }, DstT: { type: to } };
  return operation.scope.add('Cast', [x], types, [to])[0]!;
}

function cumulated(operation: Operation, x: Ref, axis: number, exclusive: boolean): Ref {
  return emit(operation, 'Cumsum', [x, operation.scope.integers(axis)], {
    ...indexed('Tidx'),
    exclusive: { flag: exclusive },
    reverse: { flag: false },
  });
}

/** Entries that one product sums in a running sum; TensorFlow's own takes twenty times as long for a row of thousands. */
const BLOCK = 64;

/**
 * `CumSum` along the rows of a matrix: within blocks as a product with a triangle of ones, then over the blocks. For nonnegative weights
 * the sums never decrease, and where a weight is 0 they stay exactly the same.
 */
function runningSum(operation: Operation): readonly Ref[] {
  const { node, inputs, scope } = operation;
  const x = inputs[0]!;
  const [rows, width] = node.inputs[0]!.shape as [number, number];
  if (node.inputs[0]!.shape.length !== 2 || operation.integers(1)?.[0] !== 1) {
    throw new LociError('engine-failed', 'running sums are taken along the rows of a matrix');
  }
  const blocks = Math.ceil(width / BLOCK);
  if (blocks < 4) return [cumulated(operation, x, 1, false)];
  const rest = blocks * BLOCK - width;
  const padded = rest === 0 ? x : joined(operation, [x, scope.filled(0, [rows, rest])], 1);
  const triangle = operation.once('triangle', () => {
    const ones = Float32Array.from({ length: BLOCK ** 2 }, (_, at) =>
      Number(Math.floor(at / BLOCK) <= at % BLOCK),
    );
    return scope.constant(ones, [BLOCK, BLOCK], 'float32');
  });
  const flags = { transpose_a: { flag: false }, transpose_b: { flag: false } };
  const laid = reshaped(operation, padded, [rows * blocks, BLOCK]);
  const within = emit(operation, 'MatMul', [laid, triangle], flags);
  const apart = reshaped(operation, within, [rows, blocks, BLOCK]);
  const totals = reshaped(operation, gathered(operation, within, scope.integers([BLOCK - 1]), 1), [
    rows,
    blocks,
  ]);
  const before = reshaped(operation, cumulated(operation, totals, 1, true), [rows, blocks, 1]);
  const sums = reshaped(operation, emit(operation, 'AddV2', [apart, before]), [
    rows,
    blocks * BLOCK,
  ]);
  if (rest === 0) return [sums];
  const corner = [scope.integers([0, 0]), scope.integers([rows, width])];
  return [emit(operation, 'Slice', [sums, ...corner], { Index: { type: 'int32' } })];
}

/** The translations, by ONNX operation. */
export const ARITHMETIC: Readonly<Record<string, Translation>> = {
  Add: same('AddV2'),
  Sub: same('Sub'),
  Mul: same('Mul'),
  Div: same('RealDiv'),
  Min: same('Minimum'),
  Max: same('Maximum'),
  Sum: (operation) => [
    emit(operation, 'AddN', operation.inputs, { N: { integer: operation.inputs.length } }),
  ],
  Neg: same('Neg'),
  Exp: same('Exp'),
  Log: same('Log'),
  Sqrt: same('Sqrt'),
  Sigmoid: same('Sigmoid'),
  Erf: same('Erf'),
  Identity: same('Identity'),
  Less: same('Less', 'bool'),
  LessOrEqual: same('LessEqual', 'bool'),
  Greater: same('Greater', 'bool'),
  GreaterOrEqual: same('GreaterEqual', 'bool'),
  Equal: (operation) => [
    emit(
      operation,
      'Equal',
      operation.inputs,
      { incompatible_shape_error: { flag: true } },
      'bool',
    ),
  ],
  Or: logical('LogicalOr'),
  Not: logical('LogicalNot'),
  Where: (operation) => {
    const [condition, yes, no] = operation.inputs as [Ref, Ref, Ref];
    const type = { T: { type: yes.type } };
    return operation.scope.add('SelectV2', [condition, yes, no], type, [yes.type]);
  },
  Cast: (operation) => {
    const { type } = operation.node.outputs[0]!;
    return [cast(operation, operation.inputs[0]!, type === 'int64' ? 'int32' : type)];
  },
  ReduceSum: reduction('Sum'),
  ReduceMean: reduction('Mean'),
  ReduceMax: reduction('Max'),
  ReduceMin: reduction('Min'),
  ReduceSumSquare: reduction('Sum', (operation, x) => emit(operation, 'Square', [x])),
  Softmax: alongRows('Softmax'),
  LogSoftmax: alongRows('LogSoftmax'),
  CumSum: runningSum,
  MatMul: batchedProduct,
  FusedMatMul: batchedProduct,
  Gemm: matrixProduct,
  ThresholdedRelu: thresholded,
};
