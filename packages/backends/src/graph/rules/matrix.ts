/** Implements matrix products: `MatMul` over batches, `Gemm` of two matrices, and ONNX Runtime's `FusedMatMul`. */
import type { GraphBuilder } from '../ir/builder.ts';
import { MICROSOFT } from '../ir/builder.ts';
import { broadcastShapes } from '../ir/value.ts';
import type { Shape, Value } from '../ir/value.ts';
import { multiply } from './arithmetic.ts';
import { reduceSum } from './reduce.ts';
import { transpose } from './shape.ts';

/** Which operands are transposed in their last two axes, and the factor of the product. */
export interface ProductOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly scale?: number;
}

/** A product over batches with transposes and a factor: `scale · op(a) · op(b)`. */
export type BatchedProduct = (
  graph: GraphBuilder,
  a: Value,
  b: Value,
  options?: ProductOptions,
) => Value;

function productShape(a: Shape, b: Shape, transposeA: boolean, transposeB: boolean): Shape {
  const [rowsA, columnsA] = transposeA ? [a.at(-1)!, a.at(-2)!] : [a.at(-2)!, a.at(-1)!];
  const [rowsB, columnsB] = transposeB ? [b.at(-1)!, b.at(-2)!] : [b.at(-2)!, b.at(-1)!];
  if (columnsA !== rowsB) {
    throw new Error(`[${a.join(', ')}] and [${b.join(', ')}] cannot be multiplied`);
  }
  return [...broadcastShapes(a.slice(0, -2), b.slice(0, -2)), rowsA, columnsB];
}

/** Gradients of `scale · op(a) · op(b)`, each one product again. */
function productGradients(
  product: (a: Value, b: Value, transposeA: boolean, transposeB: boolean) => Value,
  [a, b]: readonly [Value, Value],
  { transposeA = false, transposeB = false }: ProductOptions,
  incoming: Value,
  needed: readonly boolean[],
): (Value | undefined)[] {
  const forA = () =>
    transposeA ? product(b, incoming, transposeB, true) : product(incoming, b, false, !transposeB);
  const forB = () =>
    transposeB ? product(incoming, a, true, transposeA) : product(a, incoming, !transposeA, false);
  return [needed[0] ? forA() : undefined, needed[1] ? forB() : undefined];
}

/** `MatMul` of the standard, with transposes and factor as nodes of their own. */
export function matMul(
  graph: GraphBuilder,
  a: Value,
  b: Value,
  { transposeA = false, transposeB = false, scale = 1 }: ProductOptions = {},
): Value {
  const left = transposeA ? swapLast(graph, a) : a;
  const right = transposeB ? swapLast(graph, b) : b;
  const product = graph.emit(
    'MatMul',
    [left, right],
    productShape(left.shape, right.shape, false, false),
  );
  graph.record({
    inputs: [left, right],
    outputs: [product],
    vjp: ([incoming], needed) =>
      productGradients(
        (x, y, transposeX, transposeY) =>
          matMul(graph, x, y, { transposeA: transposeX, transposeB: transposeY }),
        [left, right],
        {},
        incoming!,
        needed,
      ),
  });
  return scale === 1 ? product : multiply(graph, product, graph.scalar(scale));
}

/** `FusedMatMul`, an operation of ONNX Runtime on CPU: transposes and factor are free. */
export function fusedMatMul(
  graph: GraphBuilder,
  a: Value,
  b: Value,
  options: ProductOptions = {},
): Value {
  const { transposeA = false, transposeB = false, scale = 1 } = options;
  const product = graph.emit(
    'FusedMatMul',
    [a, b],
    productShape(a.shape, b.shape, transposeA, transposeB),
    { transA: Number(transposeA), transB: Number(transposeB), alpha: { float: scale } },
    { domain: MICROSOFT },
  );
  graph.record({
    inputs: [a, b],
    outputs: [product],
    vjp: ([incoming], needed) =>
      productGradients(
        (x, y, transposeX, transposeY) =>
          fusedMatMul(graph, x, y, { transposeA: transposeX, transposeB: transposeY, scale }),
        [a, b],
        options,
        incoming!,
        needed,
      ),
  });
  return product;
}

/** `op(a) · op(b)` of two matrices, plus a row `bias` when given. */
export function gemm(
  graph: GraphBuilder,
  a: Value,
  b: Value,
  options: ProductOptions & { readonly bias?: Value } = {},
): Value {
  const { transposeA = false, transposeB = false, bias } = options;
  const product = graph.emit(
    'Gemm',
    bias ? [a, b, bias] : [a, b],
    productShape(a.shape, b.shape, transposeA, transposeB),
    { transA: Number(transposeA), transB: Number(transposeB) },
  );
  graph.record({
    inputs: bias ? [a, b, bias] : [a, b],
    outputs: [product],
    vjp: ([incoming], needed) => [
      ...productGradients(
        (x, y, transposeX, transposeY) =>
          gemm(graph, x, y, { transposeA: transposeX, transposeB: transposeY }),
        [a, b],
        options,
        incoming!,
        needed,
      ),
      ...(bias && needed[2] ? [reduceSum(graph, incoming!, [0], false)] : []),
    ],
  });
  return product;
}

function swapLast(graph: GraphBuilder, x: Value): Value {
  const rank = x.shape.length;
  const order = Array.from({ length: rank }, (_, axis) =>
    axis < rank - 2 ? axis : axis === rank - 2 ? rank - 1 : rank - 2,
  );
  return transpose(graph, x, order);
}
