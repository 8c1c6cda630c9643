import { describe, expect, test } from '@jest/globals';
import { parseModel } from '../../../src/models/index.ts';
import { chunkGraph } from '../../../src/graph/decode/chunk-graph.ts';
import type { ChunkLayout } from '../../../src/graph/decode/chunk-graph.ts';
import { prefillGraph } from '../../../src/graph/decode/prefill.ts';
import { gradients } from '../../../src/graph/autodiff/backward.ts';
import { GraphBuilder } from '../../../src/graph/ir/builder.ts';
import { graphOps } from '../../../src/graph/lower/graph-ops.ts';
import type { LoweringName } from '../../../src/graph/lower/kernels.ts';
import { gemm } from '../../../src/graph/rules/matrix.ts';
import { reduceSum } from '../../../src/graph/rules/reduce.ts';
import { modelGraph } from '../../../src/graph/engine/model-graphs.ts';
import { adamwGraph, gradientNormGraph } from '../../../src/graph/engine/optimizer-graph.ts';
import { savedModel } from '../../../src/tfjs/graph/translate.ts';
import { readSavedModel } from '../../support/saved-model.ts';
import type { ReadNode } from '../../support/saved-model.ts';
import { tinyConfigJson } from '../../support/tiny-config.ts';

const tiny = { model: parseModel(tinyConfigJson()) };
const layout = { groups: 2, promptLength: 16, completions: 3, completionLength: 16 };
const chunk: ChunkLayout = {
  groups: 2,
  completions: 3,
  promptLength: 16,
  steps: 8,
  sampling: { method: 'nucleus', ranked: 0, penalized: true, tempered: true },
  stopTokenIds: [1, 2],
  padTokenId: 0,
  constants: 'none',
  withLogits: true,
};
const ranked: ChunkLayout = {
  ...chunk,
  sampling: { method: 'ranked', ranked: 5, penalized: false, tempered: true },
  withLogits: false,
};

const WARM = { temperature: 0.8, entropies: true };

/** A norm and an activation with the gradient of all that they read. */
function differentiated(lowering: LoweringName): GraphBuilder {
  const graph = new GraphBuilder();
  const ops = graphOps(graph, lowering);
  const [x, weight, bias] = [[3, 4], [4], [4]].map((shape, at) =>
    graph.input(`input ${at}`, shape),
  );
  const output = ops.gelu(ops.layerNorm(x!, weight!, bias!, 1e-6), 'tanh');
  const found = gradients(graph, reduceSum(graph, output, [0, 1], false), [x!, weight!, bias!]);
  found.forEach((gradient, at) => graph.output(gradient!, `gradient ${at}`));
  graph.output(output, 'output');
  return graph;
}

const GRAPHS: readonly (readonly [string, () => GraphBuilder])[] = [
  ['log-probabilities', () => modelGraph(tiny, layout, 'log-probs', 'fused').model],
  [
    'log-probabilities and entropies at a temperature',
    () => modelGraph(tiny, layout, 'log-probs', 'fused', {}, WARM).model,
  ],
  [
    'a loss of log-probabilities and entropies',
    () => modelGraph(tiny, layout, 'linear-with-entropies', 'fused', {}, WARM).model,
  ],
  ['a loss', () => modelGraph(tiny, layout, 'policy-gradient', 'fused').model],
  ['standard operations', () => modelGraph(tiny, layout, 'cross-entropy', 'plain').model],
  ['prompts', () => prefillGraph(tiny, { ...layout, completions: 0 }, 3, 'fused').model],
  ['a chunk', () => chunkGraph(tiny, chunk, 'fused').model],
  ['a chunk, ranked, at a temperature', () => chunkGraph(tiny, ranked, 'fused').model],
  ['a norm and an activation', () => differentiated('fused')],
  ['a norm and an activation, standard operations', () => differentiated('plain')],
  ['AdamW', () => adamwGraph([10])],
  ['a norm', () => gradientNormGraph([10])],
];

/** Names of nodes are unique, and each reads what came before. */
function expectInOrder(nodes: readonly ReadNode[], given: readonly string[]): void {
  const known = new Set(given);
  for (const { name, inputs } of nodes) {
    for (const input of inputs) expect(known).toContain(input.split(':')[0]);
    expect(known).not.toContain(name);
    known.add(name);
  }
}

describe('graphs as TensorFlow loads them', () => {
  test.each(GRAPHS)('every node of %s reads what was made before it', (_, make) => {
    const { bytes, inputs } = savedModel(make());
    const { nodes, functions } = readSavedModel(bytes);
    expectInOrder(nodes, []);
    for (const { nodes: inner, parameters, results } of functions) {
      expectInOrder(inner, parameters);
      const made = new Set([...parameters, ...inner.map(({ name }) => name)]);
      for (const from of results.values()) expect(made).toContain(from.split(':')[0]);
    }
    const placeholders = nodes.filter(({ op }) => op === 'Placeholder').map(({ name }) => name);
    expect(placeholders).toEqual(inputs.map(({ node }) => node));
  });

  test('a loop carries its state, its scanned outputs and what it reads from around it', () => {
    const { nodes, functions } = readSavedModel(
      savedModel(chunkGraph(tiny, chunk, 'fused').model).bytes,
    );
    const loop = nodes.find(({ op }) => op === 'While')!;
    const [condition, turn] = functions;
    expect(functions).toHaveLength(2);
    expect(condition!.parameters).toHaveLength(loop.inputs.length);
    expect(turn!.parameters).toHaveLength(loop.inputs.length);
    expect(turn!.results.size).toBe(loop.inputs.length);
    expect([...condition!.results.keys()]).toEqual(['on']);
    expect(turn!.nodes.some(({ op }) => op === 'Placeholder')).toBe(false);
  });

  test('outputs have their names, weights of linear layers come transposed where only products read them', () => {
    const graph = new GraphBuilder();
    const [x, w, v] = [
      graph.input('x', [3, 4]),
      graph.input('w', [2, 4]),
      graph.input('v', [2, 4]),
    ];
    graph.input('unused', [1]);
    graph.output(gemm(graph, x, w, { transposeB: true }), 'product');
    graph.output(gemm(graph, gemm(graph, x, v, { transposeB: true }), v), 'back and forth');
    const { bytes, inputs, outputs } = savedModel(graph);
    expect(inputs.map(({ feed, transposed }) => [feed, transposed])).toEqual([
      ['x', false],
      ['w', true],
      ['v', false],
      ['v', true],
    ]);
    const names = readSavedModel(bytes).nodes.map(({ name }) => name);
    expect([...outputs.keys()]).toEqual(['product', 'back and forth']);
    for (const node of outputs.values()) expect(names).toContain(node);
  });

  test('an operation that it does not know is named', () => {
    const graph = new GraphBuilder();
    graph.output(graph.emit('NoSuchOperation', [graph.input('x', [1])], [1]), 'y');
    expect(() => savedModel(graph)).toThrow(/NoSuchOperation has no translation/);
  });

  test('a GELU other than the tanh approximation is no translated operation', () => {
    const graph = new GraphBuilder();
    graph.output(graph.emit('Gelu', [graph.input('x', [1])], [1]), 'y');
    expect(() => savedModel(graph)).toThrow(/only with approximate "tanh"/);
  });
});
