import { describe, expect, test } from '@jest/globals';
import { ADAMW_NUMBERS, adamwNumbers, adamwUpdate } from '../../../src/engine/adamw.ts';
import { updateKernels } from '../../../src/onnx/store/update-kernels.ts';
import { ChunkedUpdates, UpdateMemory } from '../../../src/onnx/store/vector-kernels.mjs';
import type { ElementOps } from '../../../src/ops/element-ops.ts';

const kernels = updateKernels();
const chunked = new ChunkedUpdates(kernels);

/** Shorter than a vector, a vector and a bit, about a chunk, several chunks. */
const LENGTHS = [1, 3, 5, 4095, 4096, 4097, 10_003];

/** Float32 arithmetic on arrays, one number broadcast over the other operand; what the update does not use throws. */
const float32Ops = new Proxy({} as ElementOps<Float32Array>, {
  get(_, name: string) {
    const of =
      (operation: (a: number, b: number) => number) =>
      (a: Float32Array, b = a) =>
        Float32Array.from({ length: Math.max(a.length, b.length) }, (_, i) =>
          operation(a[i % a.length]!, b[i % b.length]!),
        );
    const operations = {
      add: of((a, b) => a + b),
      subtract: of((a, b) => a - b),
      multiply: of((a, b) => a * b),
      divide: of((a, b) => a / b),
      squareRoot: of(Math.sqrt),
    };
    return operations[name as keyof typeof operations];
  },
});

const SETTINGS = {
  learningRate: 3e-4,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  maxGradNorm: 1,
};

describe.each(LENGTHS)('arrays of %d', (length) => {
  const random = (seed: number, scale: number) =>
    Float32Array.from({ length }, (_, i) => scale * Math.sin((i + 1) * (seed + 0.37)));

  test('an update is that of every engine, operation by operation, to the last bit', () => {
    const arrays = {
      parameters: random(1, 1),
      gradient: random(2, 0.01),
      mean: random(3, 0.001),
      square: random(4, 1e-6).map(Math.abs),
    };
    const { gradient, ...state } = arrays;
    const numbers = adamwNumbers(SETTINGS, Math.sqrt(chunked.squares(gradient)), 7);
    const expected = adamwUpdate(float32Ops, state, gradient, (name) =>
      Float32Array.of(numbers[name]),
    );
    const before = gradient.slice();
    const memory = new UpdateMemory(kernels, length);
    for (const name of ['parameters', 'gradient', 'mean', 'square'] as const) {
      memory.arrays[name].set(arrays[name]);
    }
    expect(memory.squares()).toBe(chunked.squares(gradient));
    memory.adamw(numbers);
    chunked.adamw(arrays, numbers);
    expect(memory.arrays).toEqual(arrays);
    expect(arrays.parameters).toEqual(expected.parameters);
    expect(arrays.mean).toEqual(expected.mean);
    expect(arrays.square).toEqual(expected.square);
    expect(gradient).toEqual(before);
  });

  test('squares add up in double precision', () => {
    const x = random(5, 3);
    const exact = x.reduce((sum, value) => sum + value * value, 0);
    expect(Math.abs(chunked.squares(x) - exact)).toBeLessThanOrEqual(1e-13 * exact);
  });

  test('an array is added to another, and to nothing else', () => {
    const whole = random(6, 1);
    const added = random(7, 1);
    const padded = new Float32Array(length + 2).fill(9);
    padded.set(whole, 1);
    chunked.add(padded.subarray(1, length + 1), added);
    expect(padded[0]).toBe(9);
    expect(padded.at(-1)).toBe(9);
    expect(padded.subarray(1, -1)).toEqual(whole.map((value, i) => value + added[i]!));
  });
});

test('a value that is not finite shows in the sum', () => {
  expect(chunked.squares(Float32Array.of(1, NaN, 2))).toBeNaN();
  expect(chunked.squares(Float32Array.of(1, -Infinity))).toBe(Infinity);
});

test('all numbers of an update are passed on', () => {
  expect(Object.keys(adamwNumbers(SETTINGS, 1, 1))).toEqual([...ADAMW_NUMBERS]);
});
