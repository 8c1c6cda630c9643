/** Lists the matrix products of a profile by their sizes, whichever node computes them. */
import type { NodeTime } from './ort-profile.ts';

/** `[batch, m, k] · [batch, k, n]`. */
export interface Product {
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** The right side is a weight that the session laid out beforehand. */
  readonly isConstant: boolean;
}

/** A product and how often it occurs. */
export interface CountedProduct extends Product {
  readonly count: number;
}

const OPERATORS = new Set(['Gemm', 'MatMul', 'FusedMatMul', 'FusedGemm']);

/** Larger sizes are rounded up to a multiple of it: a cache grows by one token at a time, and the speed hardly changes. */
const ROUNDING = 32;

/** Multiply-adds count as two operations. */
export function operationsOf({ batch, m, n, k }: Product): number {
  return 2 * batch * m * n * k;
}

/** Whether a node is a matrix product. */
export function isProduct({ op }: NodeTime): boolean {
  return OPERATORS.has(op);
}

/** The product that a node computes; undefined for other nodes. */
export function productOf(node: NodeTime): Product | undefined {
  const [left] = node.inputs;
  const [out] = node.outputs;
  if (!isProduct(node) || !left || !out || out.length < 2 || left.length < 2) return undefined;
  const [m, n] = [out.at(-2)!, out.at(-1)!];
  const size = (shape: readonly number[]) => shape.reduce((all, length) => all * length, 1);
  // Either side may be transposed: the inner length is the left matrix's elements over its rows.
  const k = (left.at(-2)! * left.at(-1)!) / m;
  const matrices = node.inputs.filter((shape) => shape.length >= 2);
  const batch = size(out) / (m * n);
  const product = { batch, m, n, k, isConstant: matrices.length < 2 };
  // An empty cache has a length of 0.
  return operationsOf(product) > 0 ? product : undefined;
}

function rounded(length: number): number {
  return length <= ROUNDING ? length : Math.ceil(length / ROUNDING) * ROUNDING;
}

/** Names the sizes at which a product is measured. */
export function productKey({ batch, m, n, k, isConstant }: Product): string {
  return `${batch}×${rounded(m)}×${rounded(n)}×${rounded(k)}${isConstant ? ' weights' : ''}`;
}

/** The products to be measured for some nodes, by key, each at its rounded sizes. */
export function measuredProducts(nodes: readonly NodeTime[]): ReadonlyMap<string, CountedProduct> {
  const products = new Map<string, CountedProduct>();
  for (const node of nodes) {
    const product = productOf(node);
    if (product === undefined) continue;
    const key = productKey(product);
    const { m, n, k, ...rest } = product;
    const count = (products.get(key)?.count ?? 0) + 1;
    products.set(key, { ...rest, m: rounded(m), n: rounded(n), k: rounded(k), count });
  }
  return products;
}
