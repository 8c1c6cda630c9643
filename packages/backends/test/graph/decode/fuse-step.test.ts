import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { joinLinears, joinNorms } from '../../../src/graph/decode/fuse-step.ts';
import { GraphBuilder } from '../../../src/graph/ir/builder.ts';
import type { Value } from '../../../src/graph/ir/value.ts';
import { fusedKernels } from '../../../src/graph/lower/fused.ts';
import { graphOps } from '../../../src/graph/lower/graph-ops.ts';
import { add } from '../../../src/graph/rules/arithmetic.ts';
import { OnnxRuntime } from '../../../src/onnx/onnx-runtime.ts';
import { randomFloats } from '../../support/gradient-check.ts';

const ROWS = 3;
const WIDTH = 4;
/** Parameters, constants of a session: three layers, two of them with a bias, and a norm. */
const SHAPES = { q: [6, WIDTH], k: [2, WIDTH], g: [5, WIDTH], qb: [6], kb: [2], norm: [WIDTH] };

type Name = keyof typeof SHAPES;

/** A layer that reads a normed sum, in whose place the joined one must give the same. */
function layer(isRewritten: boolean) {
  const graph = new GraphBuilder();
  const ops = graphOps(graph, 'fused');
  const parameter = (name: Name): Value => ({ name, shape: SHAPES[name], type: 'float32' });
  const [x, residual] = [graph.input('x', [ROWS, WIDTH]), graph.input('residual', [ROWS, WIDTH])];
  const sum = add(graph, x, residual);
  const normed = fusedKernels.rmsNorm(graph, sum, parameter('norm'), 1e-5);
  graph.output(ops.linear(normed, parameter('q'), parameter('qb')), 'q.out');
  graph.output(ops.linear(normed, parameter('g')), 'g.out');
  graph.output(ops.linear(normed, parameter('k'), parameter('kb')), 'k.out');
  graph.output(add(graph, sum, residual), 'sum.out');
  const joined = isRewritten ? joinLinears(graph, ({ name }) => name in SHAPES) : [];
  if (isRewritten) joinNorms(graph);
  return { graph, joined };
}

const OUTPUTS = ['q.out', 'g.out', 'k.out', 'sum.out'];

describe('a rewritten step', () => {
  let runtime: OnnxRuntime;
  beforeAll(async () => {
    runtime = new OnnxRuntime({ threads: 1 });
    for (const [seed, [name, shape]] of Object.entries(SHAPES).entries()) {
      await runtime.put(name, randomFloats(shape[0]! * (shape[1] ?? 1), seed));
    }
  });
  afterAll(() => runtime.dispose());

  async function outputs({ graph, joined }: ReturnType<typeof layer>) {
    const stored = (name: string) => {
      const shape = SHAPES[name as Name];
      return { type: 'float32', shape, stored: name } as const;
    };
    const constants = [
      ...Object.entries(SHAPES).map(([name, shape]) => ({ name, shape, parts: [stored(name)] })),
      ...joined.map(({ name, shape, parts }) => ({ name, shape, parts: parts.map(stored) })),
    ];
    const session = await runtime.createSession(graph, { constants });
    const feed = (seed: number) =>
      ({
        type: 'float32',
        shape: [ROWS, WIDTH],
        data: randomFloats(ROWS * WIDTH, seed),
      }) as const;
    const fetches = Object.fromEntries(OUTPUTS.map((name) => [name, 'return' as const]));
    return runtime.run(session, { x: feed(20), residual: feed(21) }, fetches);
  }

  test('gives what it gave, with fewer operations', async () => {
    const [plain, rewritten] = [layer(false), layer(true)];
    const expected = await outputs(plain);
    const found = await outputs(rewritten);
    for (const name of OUTPUTS) {
      expect(found[name]!.shape).toEqual(expected[name]!.shape);
      expected[name]!.data.forEach((value, at) =>
        expect(Number(found[name]!.data[at])).toBeCloseTo(Number(value), 5),
      );
    }
    const operations = ({ graph }: typeof plain) => graph.nodes.map(({ op }) => op);
    expect(operations(plain).filter((op) => op === 'Gemm')).toHaveLength(3);
    expect(operations(rewritten)).toEqual([
      'SkipSimplifiedLayerNormalization',
      'Gemm',
      'Split',
      'Gemm',
      'Add',
    ]);
  });

  test('joins layers with a bias, and leaves alone what has none or is no constant', () => {
    expect(layer(true).joined).toEqual([
      { name: 'q + k', shape: [8, WIDTH], parts: ['q', 'k'] },
      { name: 'qb + kb', shape: [8], parts: ['qb', 'kb'] },
    ]);
    const { graph } = layer(false);
    expect(joinLinears(graph, ({ name }) => name !== 'k' && name in SHAPES)).toEqual([]);
  });
});
