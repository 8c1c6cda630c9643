import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SamplingParameters } from '@loci/core';
import { randomStream } from '@loci/core';
import { drawTokens, SAMPLING_INPUTS, samplingShape } from '../../../src/graph/decode/sampling.ts';
import { GraphBuilder } from '../../../src/graph/ir/builder.ts';
import { add } from '../../../src/graph/rules/arithmetic.ts';
import { graphOps } from '../../../src/graph/lower/graph-ops.ts';
import type { Feed } from '../../../src/graph/engine/runtime-messages.ts';
import { drawToken, tokenDistribution } from '../../../src/engine/sampling/filter.ts';
import { TensorflowRuntime } from '../../../src/tfjs/graph/tensorflow-runtime.ts';
import { probeNative } from '../../../src/tfjs/start/native.ts';
import { startBackend } from '../../../src/tfjs/start/start-backend.ts';
import type { Tensor, Tf } from '../../../src/tfjs/tf.ts';
import { checkGradients, evaluate } from '../../support/gradient-check.ts';
import { FORMULAS, largestError } from '../../support/formulas.ts';
import { OPERATIONS } from '../../support/operations.ts';

const probe = await probeNative('@tensorflow/tfjs-node');
const absent = 'missing' in probe;
if (absent)
  process.stderr.write(`skipped: graphs on TensorFlow, ${probe.missing}; ${probe.help}\n`);

const scalar = (value: number): Feed => ({
  type: 'float32',
  shape: [],
  data: Float32Array.of(value),
});

(absent ? describe.skip : describe)('graphs on native TensorFlow', () => {
  let tf: Tf;
  let runtime: TensorflowRuntime;
  beforeAll(async () => {
    ({ tf } = await startBackend('node', 2));
    runtime = new TensorflowRuntime(tf);
  });
  afterAll(() => runtime.dispose());

  describe.each(['plain', 'fused'] as const)('%s operations', (lowering) => {
    test.each(OPERATIONS)('%s has the gradient of finite differences', async (...row) => {
      const [, inputs, operation, targets] = row;
      const { errors } = await checkGradients(
        runtime,
        inputs,
        (graph, values) => operation(graphOps(graph, lowering), values),
        targets.length > 0 ? targets : undefined,
      );
      for (const error of Object.values(errors)) expect(error).toBeLessThan(1e-3);
    });

    test.each(FORMULAS)('%s is its formula in float64', async (_, row) => {
      const found = await evaluate(runtime, row.inputs, (graph, values) =>
        row.operation(graphOps(graph, lowering), values),
      );
      expect(largestError(found, row)).toBeLessThan(row.tolerance);
    });
  });

  const [rows, vocabulary] = [40, 300]; // past what running sums take in blocks, and no multiple of a block
  test.each<[string, Partial<SamplingParameters>]>([
    ['plain', {}],
    ['greedy, penalized', { temperature: 0, repetitionPenalty: 1.5 }],
    ['top-p', { topP: 0.8 }],
    ['all together', { temperature: 0.7, topK: 20, topP: 0.9, repetitionPenalty: 1.2 }],
  ])('draws what the shared filter draws: %s', async (_, change) => {
    const sampling: SamplingParameters = {
      ...{ temperature: 1, topP: 1, topK: 0, repetitionPenalty: 1, maxNewTokens: 1 },
      ...change,
    };
    const random = randomStream(5);
    const logits = Float32Array.from({ length: rows * vocabulary }, () => 8 * (random() - 0.5));
    const uniforms = Float32Array.from({ length: rows }, () => random());
    const seen = Uint8Array.from({ length: rows * vocabulary }, () => (random() < 0.3 ? 1 : 0));
    const graph = new GraphBuilder();
    const tokens = drawTokens(graph, samplingShape(sampling, vocabulary), {
      logits: graph.input('logits', [rows, vocabulary]),
      uniform: graph.input('uniform', [rows, 1]),
      seen: graph.input('seen', [rows, vocabulary], 'bool'),
      settings: {
        temperature: graph.input('temperature', []),
        topP: graph.input('topP', []),
        repetitionPenalty: graph.input('repetitionPenalty', []),
      },
    });
    graph.output(tokens, 'tokens');
    const session = await runtime.createSession(graph);
    const settings = SAMPLING_INPUTS.map((name) => [name, scalar(sampling[name])] as const);
    const outputs = await runtime.run(
      session,
      {
        logits: { type: 'float32', shape: [rows, vocabulary], data: logits },
        uniform: { type: 'float32', shape: [rows, 1], data: uniforms },
        seen: { type: 'bool', shape: [rows, vocabulary], data: seen },
        ...Object.fromEntries(settings),
      },
      { tokens: 'return' },
    );
    await runtime.releaseSession(session);
    let different = 0;
    for (let row = 0; row < rows; row++) {
      const own = logits.slice(row * vocabulary, (row + 1) * vocabulary);
      const context = [...own.keys()].filter((id) => seen[row * vocabulary + id] === 1);
      const distribution = tokenDistribution(own, sampling, context);
      const found = Number(outputs['tokens']!.data[row]);
      expect([...distribution.tokenIds]).toContain(found);
      if (drawToken(distribution, uniforms[row]!) !== found) different++;
    }
    // Rounding may tip a draw that falls on the border between two tokens.
    expect(different).toBeLessThanOrEqual(1);
  });

  test('stretches of stored tensors are fed, and outputs are added to stretches', async () => {
    const graph = new GraphBuilder();
    const [a, b] = [graph.input('a', [2]), graph.input('b', [3])];
    graph.output(add(graph, a, a), 'twice');
    graph.output(add(graph, b, b), 'twice b');
    const session = await runtime.createSession(graph);
    const before = tf.memory().numTensors;
    await runtime.put('values', Float32Array.of(1, 2, 3, 4, 5, 6));
    await runtime.put('sums', new Float32Array(8).fill(10));
    const run = () =>
      runtime.run(
        session,
        {
          a: { type: 'float32', shape: [2], stored: 'values', offset: 1 },
          b: { type: 'float32', shape: [3], stored: 'values', offset: 2 },
        },
        {
          twice: { addTo: 'sums', offset: 5, shape: [2] },
          'twice b': { addTo: 'sums', offset: 1, shape: [3] },
        },
      );
    await run();
    await run();
    expect([...(await runtime.get('sums'))]).toEqual([10, 22, 26, 30, 10, 18, 22, 10]);
    await runtime.put('values', Float32Array.of(0, 0, 0, 0, 0, 0));
    await run();
    expect([...(await runtime.get('sums'))]).toEqual([10, 22, 26, 30, 10, 18, 22, 10]);
    await runtime.delete('values');
    await runtime.delete('sums');
    await runtime.releaseSession(session);
    expect(tf.memory().numTensors).toBe(before);
    await expect(run()).rejects.toMatchObject({ code: 'engine-failed' });
  });
});

test('what a run was sent is freed where it fails', async () => {
  const { tf } = await startBackend('cpu');
  const refuse = () => {
    throw new Error('out of memory');
  };
  const backend = {
    loadSavedModelMetaGraph: () => 1,
    executeSingleOutput: (_name: string, _attributes: object[], [x]: Tensor[]) => x!.clone(),
    runSavedModel: refuse,
    binding: {},
  };
  const runtime = new TensorflowRuntime({ ...tf, backend: () => backend } as unknown as Tf);
  const graph = new GraphBuilder();
  const [a, b] = [graph.input('a', [2]), graph.input('b', [2])];
  graph.output(add(graph, a, b), 'sum');
  const session = await runtime.createSession(graph);
  const before = tf.memory().numTensors;
  const two = { type: 'float32', shape: [2], data: Float32Array.of(1, 2) } as const;
  await expect(runtime.run(session, { a: two, b: two }, { sum: 'return' })).rejects.toThrow(
    'out of',
  );
  await expect(runtime.run(session, { a: two }, { sum: 'return' })).rejects.toThrow('not fed "b"');
  expect(tf.memory().numTensors).toBe(before);
});
