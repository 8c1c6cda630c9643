import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GraphBuilder } from '../../src/graph/ir/builder.ts';
import { add, multiply } from '../../src/graph/rules/arithmetic.ts';
import { serialize } from '../../src/graph/ir/serialize.ts';
import { adamwNumbers } from '../../src/engine/adamw.ts';
import { OnnxRuntime } from '../../src/onnx/onnx-runtime.ts';

const SETTINGS = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0 };

/** `sum = a + b` and `product = a · b` of two elements. */
function sumAndProduct(): Uint8Array {
  const graph = new GraphBuilder();
  const [a, b] = [graph.input('a', [2]), graph.input('b', [2])];
  graph.output(add(graph, a, b), 'sum');
  graph.output(multiply(graph, a, b), 'product');
  return serialize(graph);
}

const floats = (...values: number[]) =>
  ({ type: 'float32', shape: [values.length], data: Float32Array.from(values) }) as const;

describe('the session worker', () => {
  let runtime: OnnxRuntime;
  beforeEach(() => {
    runtime = new OnnxRuntime({ threads: 1 });
  });
  afterEach(() => runtime.dispose());

  test('returns what is asked for, and nothing else', async () => {
    const session = await runtime.createSession(sumAndProduct());
    const result = await runtime.run(
      session,
      { a: floats(1, 2), b: floats(3, 4) },
      { sum: 'return' },
    );
    expect(Object.keys(result)).toEqual(['sum']);
    expect([...result['sum']!.data]).toEqual([4, 6]);
    expect(result['sum']!.shape).toEqual([2]);
  });

  test('computes the same with threads that spin', async () => {
    const spinning = new OnnxRuntime({ threads: 2, spin: true });
    try {
      const session = await spinning.createSession(sumAndProduct());
      const feeds = { a: floats(1, 2), b: floats(3, 4) };
      const { product } = await spinning.run(session, feeds, { product: 'return' });
      expect([...product!.data]).toEqual([3, 8]);
    } finally {
      await spinning.dispose();
    }
  });

  test('feeds stretches of stored tensors, stores outputs, and adds to stored ones', async () => {
    const session = await runtime.createSession(sumAndProduct());
    await runtime.put('numbers', Float32Array.of(1, 2, 3, 4, 5));
    await runtime.put('total', new Float32Array(4));
    const feeds = {
      a: { type: 'float32', shape: [2], stored: 'numbers', offset: 1 },
      b: floats(10, 100),
    } as const;
    const product = { addTo: 'total', offset: 1, shape: [2] } as const;
    const fetches = { sum: { store: 'kept' }, product } as const;
    await runtime.run(session, feeds, fetches);
    await runtime.run(session, feeds, fetches);
    expect([...(await runtime.get('kept'))]).toEqual([12, 103]);
    expect([...(await runtime.get('total'))]).toEqual([0, 40, 600, 0]);
  });

  test('what is added to zeros takes their place, whatever stood there before', async () => {
    const session = await runtime.createSession(sumAndProduct());
    await runtime.put('total', Float32Array.of(7, 7, 7, 7, 7, 7));
    await runtime.fill('total', 0);
    const feeds = { a: floats(2, 3), b: floats(10, 100) };
    const at = (offset: number) => ({ addTo: 'total', offset, shape: [2] }) as const;
    await runtime.run(session, feeds, { product: at(3), sum: at(1) });
    expect([...(await runtime.get('total'))]).toEqual([0, 12, 103, 20, 300, 0]);
    await runtime.run(session, feeds, { product: at(3) });
    expect([...(await runtime.get('total'))]).toEqual([0, 12, 103, 40, 600, 0]);
  });

  test('a run that fails leaves zeros as they were', async () => {
    const session = await runtime.createSession(sumAndProduct());
    await runtime.put('total', Float32Array.of(7, 7));
    await runtime.fill('total', 0);
    const product = { addTo: 'total', offset: 0, shape: [2] } as const;
    const short = { a: floats(2), b: floats(10, 100) };
    await expect(runtime.run(session, short, { product })).rejects.toThrow();
    expect([...(await runtime.get('total'))]).toEqual([0, 0]);
  });

  test('an update in place leaves the array that shared its values', async () => {
    await runtime.put('weights', Float32Array.of(1, 2));
    await runtime.share('weights', 'start');
    for (const name of ['mean', 'square']) await runtime.zeros(name, 2);
    await runtime.put('gradient', Float32Array.of(1, -1));
    const numbers = adamwNumbers({ ...SETTINGS, maxGradNorm: 0 }, Math.SQRT2, 1);
    const [current, gradient] = ['weights', 'gradient'];
    await runtime.inPlace!.adamw({
      store: { current, gradient, mean: 'mean', square: 'square' },
      numbers,
    });
    expect([...(await runtime.get('start'))]).toEqual([1, 2]);
    const found = await runtime.get('weights');
    expect(Number(found[0])).toBeCloseTo(0.9);
    expect(Number(found[1])).toBeCloseTo(2.1);
    expect(await runtime.inPlace!.squares('gradient')).toBe(2);
  });

  test('puts an output in place of a stretch of a stored tensor', async () => {
    const session = await runtime.createSession(sumAndProduct());
    await runtime.put('numbers', Float32Array.of(1, 2, 3, 4));
    const feeds = { a: floats(1, 2), b: floats(10, 20) };
    await runtime.run(session, feeds, { sum: { store: 'numbers', offset: 1 } });
    expect([...(await runtime.get('numbers'))]).toEqual([1, 11, 22, 4]);
  });

  test('gives out copies of stored tensors, fills and deletes them', async () => {
    await runtime.put('first', Float32Array.of(1, 2));
    const before = await runtime.get('first');
    await runtime.fill('first', 7);
    expect([...before]).toEqual([1, 2]);
    expect([...(await runtime.get('first'))]).toEqual([7, 7]);
    await runtime.delete('first');
    await expect(runtime.get('first')).rejects.toMatchObject({
      code: 'engine-failed',
      message: expect.stringContaining('no stored tensor "first"'),
    });
  });

  test('passes arrays through shared memory, and keeps its own', async () => {
    const passing = new Float32Array(new SharedArrayBuffer(12));
    const ways = runtime.shared!;
    await runtime.put('source', Float32Array.of(1, 2, 3));
    await ways.read('source', passing);
    expect([...passing]).toEqual([1, 2, 3]);
    await ways.write('target', passing);
    await runtime.share('target', 'first');
    passing.set([4, 5, 6]);
    // What was written stays, also under its second name, when other values are written under the first.
    expect([...(await runtime.get('target'))]).toEqual([1, 2, 3]);
    await ways.write('target', passing);
    passing.fill(0);
    expect([...(await runtime.get('target'))]).toEqual([4, 5, 6]);
    expect([...(await runtime.get('first'))]).toEqual([1, 2, 3]);
    passing.set([10, 20, 30]);
    await ways.add('target', passing);
    expect([...(await runtime.get('target'))]).toEqual([14, 25, 36]);
  });

  test('what takes the place of a tensor leaves its second name as it is', async () => {
    const session = await runtime.createSession(sumAndProduct());
    await runtime.put('one', Float32Array.of(1, 2));
    await runtime.share('one', 'other');
    const feeds = { a: floats(1, 2), b: floats(10, 20) };
    await runtime.run(session, feeds, { sum: { store: 'one' } });
    expect([...(await runtime.get('one'))]).toEqual([11, 22]);
    expect([...(await runtime.get('other'))]).toEqual([1, 2]);
  });

  test('gives a session stored stretches as constants of its own, joined where they have several parts', async () => {
    const graph = new GraphBuilder();
    const [x, weight] = [graph.input('x', [3]), graph.input('weight', [3])];
    graph.output(multiply(graph, x, weight), 'y');
    graph.inputs.pop();
    await runtime.put('weights', Float32Array.of(0, 3, 5));
    await runtime.put('others', Float32Array.of(7));
    const type = 'float32';
    const parts = [
      { type, shape: [2], stored: 'weights', offset: 1 },
      { type, shape: [1], stored: 'others' },
    ] as const;
    for (const optimize of [true, false]) {
      await runtime.put('weights', Float32Array.of(0, 3, 5));
      const session = await runtime.createSession(serialize(graph), {
        constants: [{ name: 'weight', shape: [3], parts }],
        optimize,
      });
      await runtime.fill('weights', 0);
      const { y } = await runtime.run(session, { x: floats(2, 2, 2) }, { y: 'return' });
      expect([...y!.data]).toEqual([6, 10, 14]);
    }
  });

  test('an error of ONNX Runtime comes back by its message, and the next request is served', async () => {
    await expect(runtime.createSession(new Uint8Array([1, 2, 3]))).rejects.toMatchObject({
      code: 'engine-failed',
    });
    const session = await runtime.createSession(sumAndProduct());
    await expect(runtime.run(session, { a: floats(1, 2) }, { sum: 'return' })).rejects.toThrow(
      "'b'",
    );
    const fed = { a: floats(1, 2), b: floats(1, 2) };
    expect([...(await runtime.run(session, fed, { sum: 'return' }))['sum']!.data]).toEqual([2, 4]);
    await runtime.releaseSession(session);
    await expect(runtime.run(session, fed, { sum: 'return' })).rejects.toThrow('was released');
  });

  test('whatever waits when the worker ends is told so', async () => {
    const waiting = expect(runtime.put('x', Float32Array.of(1))).rejects.toMatchObject({
      code: 'engine-stopped',
    });
    await runtime.dispose();
    await waiting;
    await expect(runtime.get('x')).rejects.toMatchObject({ code: 'engine-stopped' });
  });
});
