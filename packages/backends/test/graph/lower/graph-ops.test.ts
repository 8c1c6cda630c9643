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
        completions: 0,
        completionLength: 0,
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

  test('completions see their prompt and themselves, never each other or padding', async () => {
    const [groups, promptLength, completions, completionLength, size] = [2, 3, 2, 2, 2];
    const lengths = [3, 2];
    const rows = groups * (promptLength + completions * completionLength);
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
      (graph, values) =>
        graphOps(graph, lowering).attendSharedPrompt(values['q']!, values['k']!, values['v']!, {
          groups,
          promptLength,
          completions,
          completionLength,
          heads: 1,
          keyValueHeads: 1,
          headSize: size,
          promptMask: values['promptMask']!,
        }),
    );
    const take = (array: Float32Array, row: number) => array.subarray(row * size, (row + 1) * size);
    const expectRow = (row: number, seen: readonly number[]) => {
      const expected = attentionByHand(
        take(q!, row),
        seen.map((other) => take(k!, other)),
        seen.map((other) => take(v!, other)),
      );
      expected.forEach((value, at) => expect(take(found, row)[at]).toBeCloseTo(value, 4));
    };
    for (let group = 0; group < groups; group++) {
      const prompt = Array.from({ length: lengths[group]! }, (_, at) => group * promptLength + at);
      prompt.forEach((row, at) => expectRow(row, prompt.slice(0, at + 1)));
      for (let completion = 0; completion < completions; completion++) {
        const start = groups * promptLength + (group * completions + completion) * completionLength;
        for (let token = 0; token < completionLength; token++) {
          const own = Array.from({ length: token + 1 }, (_, at) => start + at);
          expectRow(start + token, [...prompt, ...own]);
        }
      }
    }
  });
});

test.each(OPERATIONS)('%s is the same under both lowerings', async (_, inputs, operation) => {
  const [plain, fused] = await Promise.all(
    LOWERINGS.map((lowering) =>
      evaluate(runtime, inputs, (graph, values) => operation(graphOps(graph, lowering), values)),
    ),
  );
  plain!.forEach((value, at) => expect(fused![at]).toBeCloseTo(value, 5));
});
