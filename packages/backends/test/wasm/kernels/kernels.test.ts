import { describe, expect, test } from '@jest/globals';
import { linearOf, weightedOf } from '../../../src/wasm/worker/kernels.mjs';
import { randomFloats } from '../../support/gradient-check.ts';
import { KernelMemory } from '../../support/kernel-memory.ts';

const memory = new KernelMemory([4, 12, 64], 12);
const { kernels } = memory;

/** The largest difference between what lies at an address and what is expected. */
function distance(address: number, expected: readonly number[]): number {
  const found = memory.read(address, expected.length);
  return expected.reduce((most, value, at) => Math.max(most, Math.abs(value - found[at]!)), 0);
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

describe('products', () => {
  test.each([4, 12, 64])('of %i inputs, for all numbers of rows and outputs', (inputs) => {
    const linear = linearOf(kernels, inputs);
    for (const rows of [1, 2, 3, 4, 5, 6, 7, 9]) {
      for (const outputs of [1, 2, 3, 4, 7, 18]) {
        const x = randomFloats(rows * inputs, rows);
        const weight = randomFloats(outputs * inputs, outputs);
        const bias = randomFloats(outputs, 5);
        const [stride, y] = [outputs + 3, memory.place(4 * rows * (outputs + 3))];
        const before = memory.read(y, rows * stride).fill(9);
        const from = [x, weight, bias].map((values) => memory.put(values)) as [
          number,
          number,
          number,
        ];
        linear(...from, y, 4 * stride, outputs, rows);
        const expected = range(rows * stride).map((at) => {
          const [row, output] = [Math.floor(at / stride), at % stride];
          if (output >= outputs) return 9;
          const terms = range(inputs).map(
            (k) => x[row * inputs + k]! * weight[output * inputs + k]!,
          );
          return bias[output]! + sumOf(terms);
        });
        expect(distance(y, expected)).toBeLessThan(2e-5);
        expect(before).toHaveLength(rows * stride);
      }
    }
  });

  test.each([1, 2, 3, 5])('of the values of a head with the weights of %i queries', (queries) => {
    const [headDim, tokens, stride] = [12, 7, 10];
    const weighted = weightedOf(kernels, headDim);
    const p = randomFloats(queries * stride, 1);
    const values = randomFloats(tokens * headDim, 2);
    const before = randomFloats(queries * headDim, 3);
    const y = memory.place(4 * queries * headDim);
    weighted(memory.put(p), 4 * stride, memory.put(values), memory.put(before), y, tokens, queries);
    const expected = range(queries * headDim).map((at) => {
      const [query, part] = [Math.floor(at / headDim), at % headDim];
      return (
        before[at]! +
        sumOf(range(tokens).map((t) => p[query * stride + t]! * values[t * headDim + part]!))
      );
    });
    expect(distance(y, expected)).toBeLessThan(1e-5);
  });
});

describe('rows', () => {
  test('rms norm', () => {
    const [rows, width, epsilon] = [3, 12, 1e-3];
    const [x, weight] = [randomFloats(rows * width, 1), randomFloats(width, 2)];
    const y = memory.place(4 * rows * width);
    kernels.rmsNorm(memory.put(x), memory.put(weight), y, rows, width, epsilon);
    const expected = range(rows * width).map((at) => {
      const row = x.subarray(Math.floor(at / width) * width).subarray(0, width);
      const mean = sumOf([...row].map((value) => value * value)) / width;
      return (x[at]! / Math.sqrt(mean + epsilon)) * weight[at % width]!;
    });
    expect(distance(y, expected)).toBeLessThan(1e-6);
  });

  test('rotation of the halves of heads', () => {
    const [heads, half] = [3, 4];
    const [x, cos, sin] = [
      randomFloats(2 * heads * half, 1),
      randomFloats(half, 2),
      randomFloats(half, 3),
    ];
    const y = memory.place(8 * heads * half);
    kernels.rotate(memory.put(x), memory.put(cos), memory.put(sin), y, heads, half);
    const expected = range(2 * heads * half).map((at) => {
      const part = at % half;
      const isFirst = at % (2 * half) < half;
      const other = x[isFirst ? at + half : at - half]!;
      return x[at]! * cos[part]! + (isFirst ? -1 : 1) * other * sin[part]!;
    });
    expect(distance(y, expected)).toBeLessThan(1e-6);
  });

  test('sums, products, multiples', () => {
    const [a, b] = [randomFloats(8, 1), randomFloats(8, 2)];
    const [at, bt, y] = [memory.put(a), memory.put(b), memory.place(32)];
    kernels.add(at, bt, y, 8);
    expect([...memory.read(y, 8)]).toEqual(
      [...a].map((value, index) => Math.fround(value + b[index]!)),
    );
    kernels.multiply(at, bt, y, 8);
    expect([...memory.read(y, 8)]).toEqual(
      [...a].map((value, index) => Math.fround(value * b[index]!)),
    );
    kernels.scale(at, y, 8, 0.5);
    expect([...memory.read(y, 8)]).toEqual([...a].map((value) => value / 2));
  });

  test('silu of a gate, also far from zero', () => {
    const gate = Float32Array.of(-200, -100, -90, -20, -3, -1e-3, 0, 0.5, 3, 20, 90, 200);
    const up = randomFloats(gate.length, 4);
    const y = memory.place(4 * gate.length);
    kernels.swiglu(memory.put(gate), memory.put(up), y, gate.length);
    const expected = [...gate].map((value, index) => (value / (1 + Math.exp(-value))) * up[index]!);
    const found = memory.read(y, gate.length);
    expected.forEach((value, index) => {
      expect(Math.abs(found[index]! - value)).toBeLessThanOrEqual(3e-7 * Math.abs(value) + 1e-35);
    });
  });
});

describe('rows of scores', () => {
  const softmaxOf = (values: readonly number[]) => {
    const most = Math.max(...values);
    const weights = values.map((value) => Math.exp(value - most));
    return weights.map((weight) => weight / sumOf(weights));
  };

  test.each([1, 3, 4, 6, 33])('softmax of %i', (count) => {
    const x = randomFloats(count, count, [-30, 30]);
    const address = memory.put(x);
    kernels.softmax(address, count);
    expect(distance(address, softmaxOf([...x]))).toBeLessThan(3e-7);
  });

  test.each([1, 5, 8, 182])('the largest of %i, and weights towards it', (count) => {
    const x = randomFloats(count, count, [-50, 20]);
    const [address, y] = [memory.put(x), memory.place(4 * count + 16)];
    const most = Math.max(...x);
    expect(kernels.largest(address, count)).toBe(most);
    const total = kernels.weights(address, y, count, most, 2);
    const found = [...memory.read(y, count)];
    found.forEach((weight, index) => {
      const exact = Math.exp(2 * (x[index]! - most));
      const isTiny = exact < 1.3e-38;
      // Far from zero the exponent itself is rounded.
      const error = 2e-7 + 2e-7 * Math.abs(x[index]! - most);
      expect(Math.abs(weight - (isTiny ? 0 : exact))).toBeLessThanOrEqual(error * exact);
    });
    expect(total).toBeCloseTo(sumOf(found), 10);
  });
});
