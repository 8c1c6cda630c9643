import { expect, test } from '@jest/globals';
import { bandwidthFor, floorOf } from '../../../src/bench/profile/floor.ts';
import type { MachineRates } from '../../../src/bench/profile/floor.ts';
import type { NodeTime } from '../../../src/bench/profile/ort-profile.ts';
import { measuredProducts, productKey, productOf } from '../../../src/bench/profile/products.ts';

const node = (
  op: string,
  inputs: readonly (readonly number[])[],
  outputs: readonly (readonly number[])[],
  bytes = { read: 0, written: 0 },
): NodeTime => ({ op, ms: 1, inputs, outputs, bytes });

const GEMM = node('Gemm', [[8, 128], [512]], [[8, 512]]);
/** `dW = xᵀ · g`: the left side is transposed. */
const TURNED = node(
  'Gemm',
  [
    [1024, 128],
    [1024, 512],
  ],
  [[128, 512]],
);
const SCORES = node(
  'FusedMatMul',
  [
    [16, 2, 32],
    [16, 100, 32],
  ],
  [[16, 2, 100]],
);

const RATES: MachineRates = {
  products: new Map([
    [productKey(productOf(GEMM)!), 1e9],
    [productKey(productOf(TURNED)!), 4e9],
  ]),
  bandwidth: [
    { bytes: 1000, perSecond: 1e9 },
    { bytes: 100_000, perSecond: 5e8 },
  ],
  emptyNode: 0.001,
  emptyRun: 0.02,
};

test('a product is read off its shapes, whichever side is transposed', () => {
  expect(productOf(GEMM)).toEqual({ batch: 1, m: 8, n: 512, k: 128, isConstant: true });
  expect(productOf(TURNED)).toEqual({ batch: 1, m: 128, n: 512, k: 1024, isConstant: false });
  expect(productOf(SCORES)).toEqual({ batch: 16, m: 2, n: 100, k: 32, isConstant: false });
  expect(productOf(node('Add', [[8, 8]], [[8, 8]]))).toBeUndefined();
  expect(
    productOf(
      node(
        'MatMul',
        [
          [16, 2, 0],
          [16, 0, 32],
        ],
        [[16, 2, 32]],
      ),
    ),
  ).toBeUndefined();
});

test('lengths that grow by a token are measured together, and counted', () => {
  const longer = node(
    'FusedMatMul',
    [
      [16, 2, 32],
      [16, 120, 32],
    ],
    [[16, 2, 120]],
  );
  const products = measuredProducts([SCORES, longer, GEMM]);
  expect([...products].map(([key, { n, count }]) => [key, n, count])).toEqual([
    ['16×2×128×32', 128, 2],
    ['1×8×512×128 weights', 512, 1],
  ]);
});

test('the floor is arithmetic at the rate of its sizes and bytes at the bandwidth of their number', () => {
  const add = node('Add', [[50]], [[50]], { read: 400, written: 200 });
  const reshape = node('Reshape', [[9000]], [[9000]], { read: 36_000, written: 36_000 });
  const pick = node('Gather', [[4096, 128]], [[8, 128]], { read: 2_097_152, written: 4096 });
  const floor = floorOf([GEMM, TURNED, add, reshape, pick], RATES);
  const [gemm, turned] = [2 * 8 * 512 * 128, 2 * 128 * 512 * 1024];
  expect(floor.operations).toBe(gemm + turned);
  expect(floor.products).toBeCloseTo((1000 * gemm) / 1e9 + (1000 * turned) / 4e9);
  expect(floor.bytes).toBeCloseTo((1000 * 600) / 1e9 + (1000 * 8192) / 5e8);
  expect([floor.nodeCount, floor.nodes]).toEqual([5, 0.005]);
});

test('a product that was not measured counts at the best rate: a floor is never too high', () => {
  const { products, operations } = floorOf([SCORES], RATES);
  expect(products).toBeCloseTo((1000 * operations) / 4e9);
});

test('beyond the largest measured size its bandwidth holds', () => {
  expect([1, 1000, 1001, 1e9].map((bytes) => bandwidthFor(bytes, RATES))).toEqual([
    ...[1e9, 1e9, 5e8, 5e8],
  ]);
});
