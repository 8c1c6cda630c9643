/** Translates single operations of ONNX Runtime to several of TensorFlow: norms, activations, rotary positions. */
import { LociError } from '@loci/core';
import { GELU_TANH } from '../../ops/gelu-tanh.ts';
import { emit, indexed, joined, mul, numberOf, reshaped } from './lowering.ts';
import type { Operation, Translation } from './lowering.ts';
import type { Ref } from './scope.ts';

function lastAxis({ node, scope }: Operation): Ref {
  return scope.integers([node.inputs[0]!.shape.length - 1]);
}

/** The mean along an axis, which stays with length 1. */
function mean(operation: Operation, x: Ref, axis: Ref): Ref {
  return emit(operation, 'Mean', [x, axis], { ...indexed('Tidx'), keep_dims: { flag: true } });
}

/** `1 / √(mean(x²) + epsilon)` of each row. */
function inverseRoot(operation: Operation, x: Ref): Ref {
  const { node, scope } = operation;
  const last = lastAxis(operation);
  const meanSquare = mean(operation, emit(operation, 'Square', [x]), last);
  const epsilon = scope.scalar(numberOf(node, 'epsilon', 0));
  return emit(operation, 'Rsqrt', [emit(operation, 'AddV2', [meanSquare, epsilon])]);
}

/** `SimplifiedLayerNormalization`: the normed rows, and their factor. */
function rootMeanSquareNorm(operation: Operation): readonly Ref[] {
  const [x, weight] = operation.inputs as [Ref, Ref];
  const inverse = inverseRoot(operation, x);
  return [mul(operation, mul(operation, x, inverse), weight), inverse];
}

/** `SkipSimplifiedLayerNormalization`: the normed sum, no mean, the factor, and the sum itself. */
function normOfSum(operation: Operation): readonly Ref[] {
  const [x, skip, weight] = operation.inputs as [Ref, Ref, Ref];
  const sum = emit(operation, 'AddV2', [x, skip]);
  const inverse = inverseRoot(operation, sum);
  return [mul(operation, mul(operation, sum, inverse), weight), inverse, inverse, sum];
}

/** `LayerNormalization`: the normed rows, their means, and the factor of the rows less their means. */
function layerNorm(operation: Operation): readonly Ref[] {
  const [x, weight, bias] = operation.inputs as [Ref, Ref, Ref];
  const middle = mean(operation, x, lastAxis(operation));
  const centered = emit(operation, 'Sub', [x, middle]);
  const inverse = inverseRoot(operation, centered);
  const scaled = mul(operation, mul(operation, centered, inverse), weight);
  return [emit(operation, 'AddV2', [scaled, bias]), middle, inverse];
}

/** `QuickGelu`: `x · sigmoid(alpha · x)`. */
function sigmoidGated(operation: Operation): readonly Ref[] {
  const { node, scope } = operation;
  const x = operation.inputs[0]!;
  const alpha = numberOf(node, 'alpha', 1);
  const scaled = alpha === 1 ? x : mul(operation, x, scope.scalar(alpha));
  return [mul(operation, x, emit(operation, 'Sigmoid', [scaled]))];
}

/** `Gelu` by the tanh approximation, the only form in graphs. */
function geluTanh(operation: Operation): readonly Ref[] {
  const { node, scope } = operation;
  if (node.attributes['approximate'] !== 'tanh') {
    throw new LociError('engine-failed', 'a Gelu node is translated only with approximate "tanh"');
  }
  const x = operation.inputs[0]!;
  const { linear, cubic } = GELU_TANH;
  const bent = mul(operation, emit(operation, 'Square', [x]), scope.scalar(cubic));
  const doubled = mul(operation, x, emit(operation, 'AddV2', [bent, scope.scalar(linear)]));
  return [mul(operation, x, emit(operation, 'Sigmoid', [doubled]))];
}

/** `RotaryEmbedding`: `x · [cos, cos] + swapped halves of x · [−sin, sin]`, by heads. */
function rotated(operation: Operation): readonly Ref[] {
  const { node, inputs, scope } = operation;
  const [x, , cos, sin] = inputs as [Ref, Ref, Ref, Ref];
  const table = node.inputs[2]!;
  const [rows, half] = table.shape as [number, number];
  const heads = numberOf(node, 'num_heads', 1);
  const doubled = (first: Ref, second: Ref) =>
    reshaped(operation, joined(operation, [first, second], 1), [rows, 1, 2, half]);
  const straight = operation.once(`cosines ${scope.nameOf(cos)}`, () => doubled(cos, cos));
  const crossed = operation.once(`sines ${scope.nameOf(sin)}`, () =>
    doubled(emit(operation, 'Neg', [sin]), sin),
  );
  const halves = reshaped(operation, x, [rows, heads, 2, half]);
  const swapped = emit(operation, 'ReverseV2', [halves, scope.integers([2])], indexed('Tidx'));
  const sum = emit(operation, 'AddV2', [
    mul(operation, halves, straight),
    mul(operation, swapped, crossed),
  ]);
  return [reshaped(operation, sum, node.outputs[0]!.shape)];
}

/** The translations, by ONNX operation. */
export const LAYERS: Readonly<Record<string, Translation>> = {
  SimplifiedLayerNormalization: rootMeanSquareNorm,
  SkipSimplifiedLayerNormalization: normOfSum,
  LayerNormalization: layerNorm,
  QuickGelu: sigmoidGated,
  Gelu: geluTanh,
  RotaryEmbedding: rotated,
};
