import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { GraphBuilder } from '../../../src/onnx/graph/builder.ts';
import { negate } from '../../../src/onnx/graph/rules/unary.ts';
import { SessionHost } from '../../../src/onnx/session-host.ts';
import { SessionCache } from '../../../src/onnx/train/session-cache.ts';

describe('the session cache', () => {
  let host: SessionHost;
  let built: string[];
  let cache: SessionCache;
  beforeAll(() => {
    host = new SessionHost({ threads: 1 });
  });
  afterAll(() => host.dispose());
  beforeEach(() => {
    built = [];
    cache = new SessionCache(host, { sessions: 3, bytes: 100 });
  });

  const obtain = (key: string, bytes = 0) =>
    cache.obtain(
      key,
      () => {
        built.push(key);
        const graph = new GraphBuilder();
        graph.output(negate(graph, graph.input('x', [1])), 'y');
        return { model: graph, parameters: [key], gradients: [] };
      },
      bytes,
    );
  const runs = async (key: string) => {
    const { session } = await obtain(key);
    const x = { type: 'float32', shape: [1], data: Float32Array.of(2) } as const;
    return [...(await host.run(session, { x }, { y: 'return' }))['y']!.data];
  };

  test('builds a graph once', async () => {
    expect((await obtain('a')).session).toBe((await obtain('a')).session);
    expect(built).toEqual(['a']);
  });

  test('releases the one that was not used for longest, by number', async () => {
    for (const key of ['a', 'b', 'c', 'a', 'd']) await obtain(key);
    const { session } = await obtain('a');
    expect(built).toEqual(['a', 'b', 'c', 'd']);
    expect(session).toBeDefined();
    await obtain('b');
    expect(built).toEqual(['a', 'b', 'c', 'd', 'b']);
    expect(await runs('b')).toEqual([-2]);
  });

  test('releases as many as the memory asks for, and takes one that is larger than all', async () => {
    await obtain('a', 60);
    await obtain('b', 30);
    await obtain('c', 200);
    await obtain('a', 60);
    expect(built).toEqual(['a', 'b', 'c', 'a']);
  });

  test('a graph that does not compile is not kept', async () => {
    const graph = new GraphBuilder();
    graph.output(graph.emit('NoSuchOperation', [graph.input('x', [1])], [1]), 'y');
    const broken = () => ({ model: graph, parameters: [], gradients: [] });
    await expect(cache.obtain('x', broken, 0)).rejects.toMatchObject({ code: 'engine-failed' });
    expect(await runs('x')).toEqual([-2]);
  });
});
