import { describe, expect, test } from '@jest/globals';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { randomStream } from '@loci/core';
import type { SamplingParameters } from '@loci/core';
import { drawTokens, SAMPLING_INPUTS, samplingShape } from '../../../src/graph/decode/sampling.ts';
import { GraphBuilder } from '../../../src/graph/ir/builder.ts';
import { serialize } from '../../../src/graph/ir/serialize.ts';
import { drawToken, tokenDistribution } from '../../../src/engine/sampling/filter.ts';

const [rows, vocabulary] = [200, 60];
const plain: SamplingParameters = {
  temperature: 1,
  topP: 1,
  topK: 0,
  repetitionPenalty: 1,
  maxNewTokens: 1,
};

/** Draws one token a row inside a graph. */
async function drawInGraph(
  sampling: SamplingParameters,
  logits: Float32Array,
  uniforms: Float32Array,
  seen: Uint8Array,
): Promise<number[]> {
  const graph = new GraphBuilder();
  const shape = samplingShape(sampling, vocabulary);
  const settings = {
    temperature: graph.input('temperature', []),
    topP: graph.input('topP', []),
    repetitionPenalty: graph.input('repetitionPenalty', []),
  };
  const drawn = drawTokens(graph, shape, {
    logits: graph.input('logits', [rows, vocabulary]),
    uniform: graph.input('uniform', [rows, 1]),
    seen: graph.input('seen', [rows, vocabulary], 'bool'),
    settings,
  });
  graph.output(drawn, 'tokens');
  const session = await InferenceSession.create(serialize(graph), { logSeverityLevel: 3 });
  const scalars = SAMPLING_INPUTS.map((name) => [
    name,
    new Tensor('float32', Float32Array.of(sampling[name]), []),
  ]);
  const { tokens } = await session.run({
    logits: new Tensor('float32', logits, [rows, vocabulary]),
    uniform: new Tensor('float32', uniforms, [rows, 1]),
    seen: new Tensor('bool', seen, [rows, vocabulary]),
    ...Object.fromEntries(scalars),
  });
  await session.release();
  return Array.from(tokens!.data as BigInt64Array, Number);
}

describe('drawing inside a graph', () => {
  test.each<[string, Partial<SamplingParameters>]>([
    ['plain', {}],
    ['greedy', { temperature: 0 }],
    ['greedy, penalized', { temperature: 0, repetitionPenalty: 1.5 }],
    ['temperature', { temperature: 0.6 }],
    ['top-k', { topK: 7 }],
    ['top-p', { topP: 0.8 }],
    ['a top-p that leaves one token', { topP: 0.001, temperature: 0.01 }],
    ['all together', { temperature: 0.7, topK: 20, topP: 0.9, repetitionPenalty: 1.2 }],
  ])('agrees with the shared filter: %s', async (_, change) => {
    const sampling = { ...plain, ...change };
    const random = randomStream(11);
    const logits = Float32Array.from({ length: rows * vocabulary }, () => 8 * (random() - 0.5));
    const uniforms = Float32Array.from({ length: rows }, () => random());
    const seen = Uint8Array.from({ length: rows * vocabulary }, () => (random() < 0.3 ? 1 : 0));
    const found = await drawInGraph(sampling, logits, uniforms, seen);
    let different = 0;
    for (let row = 0; row < rows; row++) {
      const slice = logits.slice(row * vocabulary, (row + 1) * vocabulary);
      const context = Array.from({ length: vocabulary }, (_, id) => id).filter(
        (id) => seen[row * vocabulary + id] === 1,
      );
      const distribution = tokenDistribution(slice, sampling, context);
      expect([...distribution.tokenIds]).toContain(found[row]);
      if (drawToken(distribution, uniforms[row]!) !== found[row]) different++;
    }
    // Rounding may tip a draw that falls on the border between two tokens.
    expect(different).toBeLessThanOrEqual(1);
  });
});
