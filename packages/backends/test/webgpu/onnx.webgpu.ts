import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { describePolicyContract, describeSamePolicies } from '@loci/core/testing';
import { GraphBuilder } from '../../src/graph/ir/builder.ts';
import { add, multiply } from '../../src/graph/rules/arithmetic.ts';
import { serialize } from '../../src/graph/ir/serialize.ts';
import { graphOps } from '../../src/graph/lower/graph-ops.ts';
import { inspectGradients } from '../../src/graph/engine/inspection.ts';
import type { OnnxPolicy } from '../../src/onnx/onnx-policy.ts';
import { openOnnxPolicy } from '../../src/onnx/onnx-policy.ts';
import { OnnxRuntime } from '../../src/onnx/onnx-runtime.ts';
import { startProvider } from '../../src/onnx/start/start-provider.ts';
import { FORMULAS, largestError } from '../support/formulas.ts';
import { checkGradients, evaluate } from '../support/gradient-check.ts';
import { OPERATIONS } from '../support/operations.ts';
import { mixedBatch } from '../support/mixed-batch.ts';
import { temporaryFolder, writeTinyModel } from '../support/tiny-model.ts';

const folder = await temporaryFolder();
const model = join(folder.path, 'model');
const tiny = await writeTinyModel(model);
afterAll(folder.remove);

const open = (provider: 'webgpu' | 'cpu') => openOnnxPolicy({ model, threads: 1, provider });

describePolicyContract({
  name: 'onnx, webgpu',
  create: () => open('webgpu'),
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'where?' }] }],
});

describe('tensors that stay on the device', () => {
  let runtime: OnnxRuntime;
  beforeEach(async () => {
    runtime = new OnnxRuntime({ threads: 1, provider: await startProvider('webgpu') });
  });
  afterEach(() => runtime.dispose());

  const floats = (...values: number[]) =>
    ({ type: 'float32', shape: [values.length], data: Float32Array.from(values) }) as const;
  const stretch = (stored: string, offset: number, length = 2) =>
    ({ type: 'float32', shape: [length], stored, offset }) as const;

  async function session(): Promise<Awaited<ReturnType<OnnxRuntime['createSession']>>> {
    const graph = new GraphBuilder();
    const [a, b] = [graph.input('a', [2]), graph.input('b', [2])];
    graph.output(add(graph, a, b), 'sum');
    graph.output(multiply(graph, a, b), 'product');
    return runtime.createSession(serialize(graph), { kept: ['product'] });
  }

  test('are fed, added to, replaced and read as those of the runtime are', async () => {
    const own = await session();
    await runtime.put('numbers', Float32Array.of(1, 2, 3, 4, 5));
    await runtime.put('total', Float32Array.of(9, 0, 0, 9));
    const feeds = { a: stretch('numbers', 1), b: floats(10, 100) };
    const twice = async () => {
      await runtime.run(own, feeds, { product: { addTo: 'total', offset: 1, shape: [2] } });
      await runtime.run(own, feeds, { product: { addTo: 'total', offset: 1, shape: [2] } });
    };
    await twice();
    expect([...(await runtime.get('total'))]).toEqual([9, 40, 600, 9]);
    await runtime.fill('total', 0);
    await twice();
    expect([...(await runtime.get('total'))]).toEqual([0, 40, 600, 0]);
    await runtime.run(own, feeds, { product: { store: 'numbers', offset: 3 } });
    expect([...(await runtime.get('numbers'))]).toEqual([1, 2, 3, 20, 300]);
    await runtime.run(own, feeds, { product: { store: 'made' } });
    const { sum } = await runtime.run(
      own,
      { a: stretch('made', 0), b: stretch('numbers', 3) },
      { sum: 'return' },
    );
    expect([...sum!.data]).toEqual([40, 600]);
  });

  test('are put together where a run cuts across what lies there', async () => {
    const own = await session();
    await runtime.put('numbers', Float32Array.of(1, 2, 3, 4));
    const twos = floats(2, 2);
    const put = (offset: number) =>
      runtime.run(
        own,
        { a: stretch('numbers', offset), b: twos },
        { product: { store: 'numbers', offset } },
      );
    await put(0);
    await put(2);
    await put(1);
    expect([...(await runtime.get('numbers'))]).toEqual([2, 8, 12, 8]);
    await runtime.share('numbers', 'shared');
    await runtime.fill('numbers', 7);
    expect([...(await runtime.get('shared'))]).toEqual([2, 8, 12, 8]);
    expect([...(await runtime.get('numbers'))]).toEqual([7, 7, 7, 7]);
    await runtime.delete('numbers');
    await expect(runtime.get('numbers')).rejects.toThrow('no stored tensor "numbers"');
  });
});

describe('operations', () => {
  let runtime: OnnxRuntime;
  beforeAll(async () => {
    runtime = new OnnxRuntime({ threads: 1, provider: await startProvider('webgpu') });
  });
  afterAll(() => runtime.dispose());

  test.each(OPERATIONS)('%s has the gradient of finite differences', async (...row) => {
    const [, inputs, operation, targets] = row;
    const { errors } = await checkGradients(
      runtime,
      inputs,
      (graph, values) => operation(graphOps(graph, 'plain'), values),
      targets.length > 0 ? targets : undefined,
    );
    for (const error of Object.values(errors)) expect(error).toBeLessThan(2e-3);
  });

  test.each(FORMULAS)('%s is its formula in float64', async (_, row) => {
    const found = await evaluate(runtime, row.inputs, (graph, values) =>
      row.operation(graphOps(graph, 'plain'), values),
    );
    expect(largestError(found, row)).toBeLessThan(row.tolerance);
  });
});

const inspected = {
  gradients: ({ engine }: OnnxPolicy) => inspectGradients(engine),
  weights: ({ engine }: OnnxPolicy) => engine.weights(),
};

describeSamePolicies<OnnxPolicy, OnnxPolicy>({
  one: { name: 'onnx, webgpu', create: () => open('webgpu'), ...inspected },
  other: { name: 'onnx, cpu', create: () => open('cpu'), ...inspected },
  batch: (seed) => mixedBatch(tiny, seed),
});
