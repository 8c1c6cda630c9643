import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { GraphBuilder } from '../../src/graph/ir/builder.ts';
import {
  add,
  divide,
  maximum,
  minimum,
  multiply,
  subtract,
} from '../../src/graph/rules/arithmetic.ts';
import { gatherRows, permuteRows } from '../../src/graph/rules/gather.ts';
import { gelu, geluTanh } from '../../src/graph/rules/gelu.ts';
import { fusedMatMul, gemm, matMul } from '../../src/graph/rules/matrix.ts';
import { reduceMean, reduceSum } from '../../src/graph/rules/reduce.ts';
import { concat, expand, reshape, slice, split, transpose } from '../../src/graph/rules/shape.ts';
import { logSoftmax, softmax } from '../../src/graph/rules/softmax.ts';
import {
  exponential,
  logarithm,
  negate,
  sigmoid,
  squareRoot,
} from '../../src/graph/rules/unary.ts';
import type { Value } from '../../src/graph/ir/value.ts';
import { OnnxRuntime } from '../../src/onnx/onnx-runtime.ts';
import { checkGradients } from '../support/gradient-check.ts';
import type { TestInputs } from '../support/gradient-check.ts';

type Build = (graph: GraphBuilder, values: Readonly<Record<string, Value>>) => Value;

let runtime: OnnxRuntime;
beforeAll(() => {
  runtime = new OnnxRuntime({ threads: 1 });
});
afterAll(() => runtime.dispose());

const TOLERANCE = 1e-3;

async function expectGradients(inputs: TestInputs, build: Build): Promise<Float32Array> {
  const { output, errors } = await checkGradients(runtime, inputs, build);
  for (const [name, error] of Object.entries(errors)) {
    expect({ name, within: error <= TOLERANCE, error }).toMatchObject({ name, within: true });
  }
  return output;
}

const pair = { a: { shape: [2, 3] }, b: { shape: [2, 3] } };
const row = { a: { shape: [2, 3] }, b: { shape: [3] } };
const column = { a: { shape: [2, 1] }, b: { shape: [4, 2, 3] } };

describe('operations of two values', () => {
  const apart = {
    a: { shape: [4], data: Float32Array.of(-1, 0.5, 2, 0) },
    b: { shape: [4], data: Float32Array.of(1, 0.1, 1, -1) },
  };
  const cases: readonly (readonly [string, TestInputs, Build])[] = [
    ['add', pair, (g, { a, b }) => add(g, a!, b!)],
    ['add a row', row, (g, { a, b }) => add(g, a!, b!)],
    ['subtract, both broadcast', column, (g, { a, b }) => subtract(g, a!, b!)],
    ['multiply by a column', column, (g, { a, b }) => multiply(g, a!, b!)],
    ['a value times itself', pair, (g, { a, b }) => add(g, multiply(g, a!, a!), b!)],
    [
      'divide',
      { a: { shape: [2, 3] }, b: { shape: [3], between: [0.5, 2] } },
      (g, { a, b }) => divide(g, a!, b!),
    ],
    ['minimum', apart, (g, { a, b }) => minimum(g, a!, b!)],
    ['maximum', apart, (g, { a, b }) => maximum(g, a!, b!)],
  ];
  test.each(cases)('%s', (_, inputs, build) => expectGradients(inputs, build));
});

describe('functions of one value', () => {
  const cases = [
    ['negate', negate, [-1, 1]],
    ['exponential', exponential, [-1, 1]],
    ['logarithm', logarithm, [0.5, 2]],
    ['squareRoot', squareRoot, [0.5, 2]],
    ['sigmoid', sigmoid, [-2, 2]],
    ['gelu', gelu, [-2, 2]],
    ['geluTanh', (g: GraphBuilder, x: Value) => geluTanh(g, x), [-3, 3]],
    ['softmax', softmax, [-2, 2]],
    ['logSoftmax', logSoftmax, [-2, 2]],
  ] as const;
  test.each(cases)('%s', (_, operation, between) =>
    expectGradients({ x: { shape: [3, 4], between } }, (g, { x }) => operation(g, x!)),
  );
});

describe('reductions', () => {
  const x = { x: { shape: [2, 3, 4] } };
  test.each([
    [[-1], true],
    [[0, 2], false],
    [[1], false],
  ] as const)('sum and mean along %j, axes kept: %s', async (axes, keep) => {
    await expectGradients(x, (g, values) => reduceSum(g, values['x']!, axes, keep));
    await expectGradients(x, (g, values) => reduceMean(g, values['x']!, axes, keep));
  });
});

describe('moves', () => {
  const x = { x: { shape: [2, 3, 4] } };
  const cases: readonly (readonly [string, Build])[] = [
    ['reshape', (g, { x: own }) => reshape(g, own!, [6, 4])],
    ['transpose', (g, { x: own }) => transpose(g, own!, [2, 0, 1])],
    ['slice in the middle', (g, { x: own }) => slice(g, own!, 2, 1, 3)],
    ['slice to the end', (g, { x: own }) => slice(g, own!, -2, 1, 3)],
    ['concat with itself', (g, { x: own }) => concat(g, [own!, own!], 1)],
    ['one part of a split', (g, { x: own }) => split(g, own!, 1, [1, 2])[1]!],
    [
      'all parts of a split',
      (g, { x: own }) => {
        const [first, second] = split(g, own!, 2, [2, 2]);
        return multiply(g, first!, second!);
      },
    ],
  ];
  test.each(cases)('%s', (_, build) => expectGradients(x, build));

  test('expand', () =>
    expectGradients({ x: { shape: [2, 1, 3] } }, (g, { x: own }) => expand(g, own!, [4, 2, 5, 3])));
});

describe('matrix products', () => {
  const sides = [false, true];
  const cases = sides.flatMap((transposeA) =>
    sides.map((transposeB) => ({ transposeA, transposeB })),
  );
  const operands = (transposeA: boolean, transposeB: boolean, batch: readonly number[]) => ({
    a: { shape: [...batch, ...(transposeA ? [3, 2] : [2, 3])] },
    b: { shape: [...batch, ...(transposeB ? [4, 3] : [3, 4])] },
  });
  test.each(cases)('matMul and fusedMatMul agree, %j', async ({ transposeA, transposeB }) => {
    const inputs = operands(transposeA, transposeB, [2]);
    const options = { transposeA, transposeB, scale: 0.7 };
    const plain = await expectGradients(inputs, (g, { a, b }) => matMul(g, a!, b!, options));
    const fused = await expectGradients(inputs, (g, { a, b }) => fusedMatMul(g, a!, b!, options));
    plain.forEach((value, index) => expect(fused[index]).toBeCloseTo(value, 5));
  });
  test.each(cases)('gemm with bias, %j', async (options) => {
    const inputs = { ...operands(options.transposeA, options.transposeB, []), c: { shape: [4] } };
    await expectGradients(inputs, (g, { a, b, c }) => gemm(g, a!, b!, { ...options, bias: c! }));
  });
  test('a batch that broadcasts', () =>
    expectGradients({ a: { shape: [2, 2, 3] }, b: { shape: [3, 4] } }, (g, { a, b }) =>
      matMul(g, a!, b!),
    ));
  test('shapes that do not fit are named', async () => {
    await expect(
      checkGradients(runtime, { a: { shape: [2, 3] }, b: { shape: [2, 3] } }, (g, { a, b }) =>
        matMul(g, a!, b!),
      ),
    ).rejects.toThrow('[2, 3] and [2, 3] cannot be multiplied');
  });
});

describe('gathers', () => {
  test('rows that occur several times add up', async () => {
    const indices = { shape: [5], data: Int32Array.of(2, 0, 2, 2, 1) };
    await expectGradients({ matrix: { shape: [4, 3] }, indices }, (g, values) =>
      gatherRows(g, values['matrix']!, values['indices']!),
    );
  });

  test('many additions to few rows lose none', async () => {
    const count = 2048;
    const indices = Int32Array.from({ length: count }, (_, index) => index % 3);
    const { errors } = await checkGradients(
      runtime,
      { matrix: { shape: [3, 2] }, indices: { shape: [count], data: indices } },
      (g, values) => gatherRows(g, values['matrix']!, values['indices']!),
    );
    expect(errors['matrix']).toBeLessThan(1e-2);
  });

  test('a permutation with rows of zeros and rows left out', async () => {
    const output = await expectGradients(
      {
        x: { shape: [4, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
        index: { shape: [3], data: Int32Array.of(2, 4, 0) },
        inverse: { shape: [4], data: Int32Array.of(2, 3, 0, 3) },
      },
      (g, { x, index, inverse }) =>
        permuteRows(g, x!, {
          index: index!,
          inverse: inverse!,
          hasZeroRows: true,
          leavesOut: true,
        }),
    );
    expect([...output]).toEqual([5, 6, 0, 0, 1, 2]);
  });
});
