import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { GraphBuilder } from '../../../src/graph/ir/builder.ts';
import type { Value } from '../../../src/graph/ir/value.ts';
import { attend } from '../../../src/graph/lower/attention.ts';
import { fusedKernels } from '../../../src/graph/lower/fused.ts';
import type { LoweringName } from '../../../src/graph/lower/kernels.ts';
import { graphOps } from '../../../src/graph/lower/graph-ops.ts';
import { plainKernels } from '../../../src/graph/lower/plain.ts';
import { OnnxRuntime } from '../../../src/onnx/onnx-runtime.ts';
import { checkGradients, evaluate, randomFloats } from '../../support/gradient-check.ts';
import { FORMULAS, largestError } from '../../support/formulas.ts';
import type { TestInputs } from '../../support/gradient-check.ts';
import { HIDDEN, OPERATIONS } from '../../support/operations.ts';
import type { Operation } from '../../support/operations.ts';

let runtime: OnnxRuntime;
beforeAll(() => {
  runtime = new OnnxRuntime({ threads: 1 });
});
afterAll(() => runtime.dispose());

const TOLERANCE = 1e-3;
const LOWERINGS = ['plain', 'fused'] as const;

/** Checks an operation under a lowering; gives back its output. */
async function check(
  lowering: LoweringName,
  inputs: TestInputs,
  operation: Operation,
  targets: readonly string[],
): Promise<Float32Array> {
  const build = (graph: GraphBuilder, values: Readonly<Record<string, Value>>) =>
    operation(graphOps(graph, lowering), values);
  const { output, errors } = await checkGradients(
    runtime,
    inputs,
    build,
    targets.length > 0 ? targets : undefined,
  );
  for (const [name, error] of Object.entries(errors)) {
    expect({ name, within: error <= TOLERANCE, error }).toMatchObject({ name, within: true });
  }
  return output;
}

/** Attention written out: one query row at a time, over the keys it sees. */
function attentionByHand(
  query: Float32Array,
  keys: readonly Float32Array[],
  values: readonly Float32Array[],
): number[] {
  const scores = keys.map(
    (key) => key.reduce((sum, x, i) => sum + x * query[i]!, 0) / Math.sqrt(query.length),
  );
  const weights = scores.map(Math.exp);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return [...query.keys()].map((i) =>
    values.reduce((sum, value, k) => sum + (weights[k]! / total) * value[i]!, 0),
  );
}

describe.each(LOWERINGS)('%s operations', (lowering) => {
  test.each(OPERATIONS)(
    '%s has the gradient of finite differences',
    (_, inputs, operation, targets) => check(lowering, inputs, operation, targets),
  );

  test.each(FORMULAS)('%s is its formula in float64', async (_, row) => {
    const found = await evaluate(runtime, row.inputs, (graph, values) =>
      row.operation(graphOps(graph, lowering), values),
    );
    expect(largestError(found, row)).toBeLessThan(row.tolerance);
  });

  test('causal attention in blocks equals attention at once, forward and backward', async () => {
    const { product } = lowering === 'fused' ? fusedKernels : plainKernels;
    const inputs = { q: { shape: [1, 2, 4, 2] }, k: { shape: [1, 6, 2] }, v: { shape: [1, 6, 2] } };
    const seen = 2;
    const cut = (bounds: readonly (readonly [number, number])[]) => async () => {
      const build = (graph: GraphBuilder, { q, k, v }: Readonly<Record<string, Value>>) =>
        attend(graph, product, {
          query: q!,
          key: k!,
          value: v!,
          blocks: bounds.map(([start, end]) => {
            const keys = seen + end;
            const mask = Float32Array.from({ length: (end - start) * keys }, (_, at) =>
              at % keys > seen + start + Math.floor(at / keys) ? HIDDEN : 0,
            );
            return { start, end, keys, mask: graph.constant(mask, [end - start, keys]) };
          }),
        });
      return checkGradients(runtime, inputs, build);
    };
    const whole = await cut([[0, 4]])();
    const blocks = await cut([
      [0, 1],
      [1, 4],
    ])();
    for (const { errors } of [whole, blocks]) {
      expect(Math.max(...Object.values(errors))).toBeLessThan(TOLERANCE);
    }
    whole.output.forEach((value, at) => expect(blocks.output[at]).toBeCloseTo(value, 5));
  });

  test('a prompt of many blocks sees all that came before and nothing later', async () => {
    const [length, size] = [1300, 2];
    const [q, k, v] = [1, 2, 3].map((seed) => randomFloats(length * size, seed));
    const rows = { shape: [length, size] };
    const inputs = { q: { ...rows, data: q! }, k: { ...rows, data: k! }, v: { ...rows, data: v! } };
    const found = await evaluate(runtime, inputs, (graph, values) =>
      graphOps(graph, lowering).attendSharedPrompt(values['q']!, values['k']!, values['v']!, {
        groups: 1,
        promptLength: length,
        bands: [],
        heads: 1,
        keyValueHeads: 1,
        headSize: size,
        promptMask: graph.zeros([1, length]),
      }),
    );
    const take = (array: Float32Array, row: number) => array.subarray(row * size, (row + 1) * size);
    for (const row of [0, 127, 128, 700, 1023, 1024, 1151, 1299]) {
      const seen = Array.from({ length: row + 1 }, (_, at) => at);
      const [keys, values] = [k!, v!].map((array) => seen.map((at) => take(array, at)));
      const expected = attentionByHand(take(q!, row), keys!, values!);
      expected.forEach((value, at) => expect(take(found, row)[at]).toBeCloseTo(value, 4));
    }
  });

  /** Bands of two groups, and the group of each completion in their order. */
  const BANDS = [
    ['of equal length', [[4, 2]], [0, 0, 1, 1]],
    [
      'of different lengths',
      [
        [1, 1],
        [2, 2],
        [1, 4],
      ],
      [1, 0, 0, 1],
    ],
  ] as const;

  test.each(BANDS)(
    'completions %s see their prompt and themselves, never each other or padding',
    async (_, sizes, owners) => {
      const [groups, promptLength, size] = [2, 3, 2];
      const lengths = [3, 2];
      const spans = sizes.flatMap(([count, length]) => new Array<number>(count).fill(length));
      const rows = groups * promptLength + spans.reduce((sum, length) => sum + length, 0);
      const [q, k, v] = [1, 2, 3].map((seed) => randomFloats(rows * size, seed));
      const promptMask = Float32Array.of(0, 0, 0, 0, 0, HIDDEN);
      const found = await evaluate(
        runtime,
        {
          q: { shape: [rows, size], data: q! },
          k: { shape: [rows, size], data: k! },
          v: { shape: [rows, size], data: v! },
          promptMask: { shape: [groups, promptLength], data: promptMask },
        },
        (graph, values) => {
          let taken = 0;
          const bands = sizes.map(([completions, length]) => {
            const own = owners.slice(taken, (taken += completions));
            const hot = Float32Array.from(own.flatMap((group) => [1 - group, group]));
            if (sizes.length === 1) return { completions, length };
            return { completions, length, owners: graph.constant(hot, [completions, groups]) };
          });
          return graphOps(graph, lowering).attendSharedPrompt(
            values['q']!,
            values['k']!,
            values['v']!,
            {
              groups,
              promptLength,
              bands,
              heads: 1,
              keyValueHeads: 1,
              headSize: size,
              promptMask: values['promptMask']!,
            },
          );
        },
      );
      const take = (array: Float32Array, row: number) =>
        array.subarray(row * size, (row + 1) * size);
      const expectRow = (row: number, seen: readonly number[]) => {
        const expected = attentionByHand(
          take(q!, row),
          seen.map((other) => take(k!, other)),
          seen.map((other) => take(v!, other)),
        );
        expected.forEach((value, at) => expect(take(found, row)[at]).toBeCloseTo(value, 4));
      };
      const prompts = lengths.map((length, group) =>
        Array.from({ length }, (_, at) => group * promptLength + at),
      );
      for (const prompt of prompts) {
        prompt.forEach((row, at) => expectRow(row, prompt.slice(0, at + 1)));
      }
      let start = groups * promptLength;
      spans.forEach((length, completion) => {
        for (let token = 0; token < length; token++) {
          const own = Array.from({ length: token + 1 }, (_, at) => start + at);
          expectRow(start + token, [...prompts[owners[completion]!]!, ...own]);
        }
        start += length;
      });
    },
  );
});

test.each(OPERATIONS)('%s is the same under both lowerings', async (_, inputs, operation) => {
  const [plain, fused] = await Promise.all(
    LOWERINGS.map((lowering) =>
      evaluate(runtime, inputs, (graph, values) => operation(graphOps(graph, lowering), values)),
    ),
  );
  plain!.forEach((value, at) => expect(fused![at]).toBeCloseTo(value, 5));
});
