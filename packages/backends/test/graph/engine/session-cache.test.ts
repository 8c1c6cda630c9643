import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { GraphBuilder } from '../../../src/graph/ir/builder.ts';
import { negate } from '../../../src/graph/rules/unary.ts';
import { OnnxRuntime } from '../../../src/onnx/onnx-runtime.ts';
import { SessionCache } from '../../../src/graph/engine/session-cache.ts';
import type { CompiledGraph } from '../../../src/graph/engine/session-cache.ts';

describe('the session cache', () => {
  let runtime: OnnxRuntime;
  let built: string[];
  let cache: SessionCache;
  beforeAll(() => {
    runtime = new OnnxRuntime({ threads: 1 });
  });
  afterAll(() => runtime.dispose());
  beforeEach(() => {
    built = [];
    cache = new SessionCache(runtime, { sessions: 3, bytes: 100, kept: 50 });
  });

  const use = <Result>(
    key: string,
    bytes: number,
    work: (compiled: CompiledGraph) => Promise<Result>,
  ) => {
    const make = () => {
      built.push(key);
      const graph = new GraphBuilder();
      graph.output(negate(graph, graph.input('x', [1])), 'y');
      return { model: graph, parameters: [key], gradients: [] };
    };
    return cache.use(key, make, bytes, work);
  };
  const compile = (key: string, bytes = 0) => use(key, bytes, async ({ session }) => session);
  const runs = (key: string) =>
    use(key, 0, async ({ session }) => {
      const x = { type: 'float32', shape: [1], data: Float32Array.of(2) } as const;
      return [...(await runtime.run(session, { x }, { y: 'return' }))['y']!.data];
    });

  test('builds a graph once', async () => {
    expect(await compile('a')).toBe(await compile('a'));
    expect(built).toEqual(['a']);
  });

  test('releases the one that was not used for longest, by number', async () => {
    for (const key of ['a', 'b', 'c', 'a', 'd']) await compile(key);
    await compile('a');
    expect(built).toEqual(['a', 'b', 'c', 'd']);
    await compile('b');
    expect(built).toEqual(['a', 'b', 'c', 'd', 'b']);
    expect(await runs('b')).toEqual([-2]);
  });

  test('releases as many as the memory asks for, and takes one that is larger than all', async () => {
    await compile('a', 60);
    await compile('b', 30);
    await compile('c', 200);
    await compile('a', 60);
    expect(built).toEqual(['a', 'b', 'c', 'a']);
  });

  test.each([
    // Beside the first, the second finds room, and the third would be one too many. The fourth takes the place of the first.
    ['as long as there is room beside the largest, and again when one has gone', { kept: 50 }],
    ['never where the cache has no such limit', {}],
  ])('sessions keep memory %s', async (_, limit) => {
    cache = new SessionCache(runtime, { sessions: 3, bytes: 100, ...limit });
    const kept: boolean[] = [];
    const create = runtime.createSession.bind(runtime);
    runtime.createSession = (model, parts) => {
      kept.push(parts!.keepMemory!);
      return create(model, parts);
    };
    try {
      for (const [key, bytes] of Object.entries({ a: 40, b: 30, c: 25, d: 20 })) {
        await compile(key, bytes);
      }
      expect(kept).toEqual('kept' in limit ? [true, true, false, true] : Array(4).fill(false));
    } finally {
      runtime.createSession = create;
    }
  });

  test.each([true, false])('every session is rewritten, or none: %s', async (optimize) => {
    cache = new SessionCache(runtime, { sessions: 3, bytes: 100 }, { optimize });
    const asked = jest.spyOn(runtime, 'createSession');
    expect(await runs('a')).toEqual([-2]);
    expect(await runs('b')).toEqual([-2]);
    expect(asked.mock.calls.map(([, parts]) => parts?.optimize)).toEqual([optimize, optimize]);
    asked.mockRestore();
  });

  test('runs at once all get their graph, also where there is room for one', async () => {
    cache = new SessionCache(runtime, { sessions: 1, bytes: 100, kept: 50 });
    const found = await Promise.all(['a', 'b', 'a'].map(runs));
    expect(found).toEqual([[-2], [-2], [-2]]);
  });

  test('a graph that does not compile is not kept', async () => {
    const graph = new GraphBuilder();
    graph.output(graph.emit('NoSuchOperation', [graph.input('x', [1])], [1]), 'y');
    const broken = () => ({ model: graph, parameters: [], gradients: [] });
    const failing = cache.use('x', broken, 0, async () => undefined);
    await expect(failing).rejects.toMatchObject({ code: 'engine-failed' });
    expect(await runs('x')).toEqual([-2]);
  });
});
