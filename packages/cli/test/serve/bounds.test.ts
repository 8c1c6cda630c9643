/** What hostile or careless clients can take of the server: bounded, and never the answers of others. */
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { isHeavy } from '../../src/serve/heavy-groups.ts';
import { threadedRewards } from '../../src/serve/threaded-rewards.ts';
import { ask, closeServers, openServer, post } from './open-server.ts';
import { GOOD, SAMPLE } from './wire-text.ts';

afterAll(closeServers);

const portOf = (server: FastifyInstance): number =>
  (server.server.address() as { readonly port: number }).port;

describe('stuck connections', () => {
  const HEAD = 'POST /score HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n';
  const many = JSON.stringify({
    items: new Array(9000).fill({
      sample: { ...SAMPLE, id: 'x'.repeat(900) },
      completions: [{ text: '' }],
    }),
  });
  const kinds: Readonly<Record<string, string>> = {
    'that send nothing': '',
    'that send half a line': 'POST /score HT',
    'that send half a head': HEAD,
    'that announce a body': `${HEAD}content-length: 100\r\n\r\n`,
    'that send half a body': `${HEAD}content-length: 100\r\n\r\n{"it`,
    'that send half a chunk': `${HEAD}transfer-encoding: chunked\r\n\r\n5\r\n{"it`,
    'that wait to be told to go on': `${HEAD}expect: 100-continue\r\ncontent-length: 9\r\n\r\n`,
    'that are kept open': 'GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n',
    'that ask for another protocol':
      'GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
    'that do not read their answer': `${HEAD}content-length: ${Buffer.byteLength(many)}\r\n\r\n${many}`,
  };

  test('all kinds are closed at their limit', async () => {
    const server = await openServer('rewards=[answer]', { limits: { receiveMs: 2000 } });
    const sockets = Object.entries(kinds).map(([kind, text]) => {
      const socket = connect(portOf(server), '127.0.0.1');
      socket.on('error', () => undefined);
      if (kind.includes('do not read')) socket.pause();
      else socket.resume();
      socket.write(text);
      const drip = setInterval(() => kind.includes('half') && socket.write(' '), 300);
      socket.once('close', () => clearInterval(drip));
      return socket;
    });
    const open = (): Promise<number> =>
      new Promise((resolve) => server.server.getConnections((_, count) => resolve(count)));
    const start = performance.now();
    while ((await open()) > 0 && performance.now() - start < 20_000) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await open()).toBe(0);
    for (const socket of sockets) socket.destroy();
  }, 40_000);
});

describe('the host header', () => {
  test('is checked on every route before anything else', async () => {
    const server = await openServer('rewards=[answer]', { hosts: { allowed: ['rewards.lab'] } });
    const statusFor = (host: string, path: string, method: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const sent = request(
          { port: portOf(server), host: '127.0.0.1', path, method, headers: { host } },
          (reply) => {
            reply.resume();
            resolve(reply.statusCode);
          },
        );
        sent.on('error', reject);
        sent.end();
      });
    for (const [path, method] of [
      ['/health', 'GET'],
      ['/score', 'POST'],
      ['/nowhere', 'GET'],
    ] as const) {
      expect(await statusFor('evil.example', path, method)).toBe(421);
    }
    expect(await statusFor('rewards.lab:99', '/health', 'GET')).toBe(200);
    expect(await statusFor('localhost', '/health', 'GET')).toBe(200);
  });

  test('a request without it is refused in JSON, as every other', async () => {
    const server = await openServer('rewards=[answer]');
    const socket = connect(portOf(server), '127.0.0.1');
    socket.write('GET /health HTTP/1.1\r\nconnection: close\r\n\r\n');
    let reply = '';
    for await (const piece of socket) reply += String(piece);
    expect(reply).toMatch(/^HTTP\/1\.1 421 /);
    expect(JSON.parse(reply.split('\r\n\r\n')[1]!)).toMatchObject({ error: 'host-unknown' });
  });
});

describe('maps without bounds', () => {
  test('a true map of too many points is refused by name', async () => {
    const server = await openServer('rewards=[{ use: map, options: { when: always } }]');
    const map = { chair: new Array(200_000).fill([1, 2]) };
    const reply = await post(server, '/score', {
      items: [{ sample: { ...SAMPLE, map }, completions: [{ text: GOOD }] }],
    });
    expect(reply.statusCode).toBe(400);
    expect(reply.json().message).toContain(
      'items.0.sample.map: 200000 points are too many: a map may have 5000',
    );
    const labelled = await post(server, '/', {
      query: ['q'],
      prompts: ['q'],
      labels: [JSON.stringify({ ...SAMPLE, map })],
    });
    expect(labelled.statusCode).toBe(422);
    expect(labelled.json().message).toContain('200000 points are too many');
  });

  test('much work is done in threads, with the same answers, while others are answered', async () => {
    const config = {
      set: [
        'rewards=[answer, { use: map, options: { when: always, scoring: calibrated } }, format]',
      ],
    };
    const io = { out: process.stdout, userDirectory: tmpdir() };
    const surroundings = { logger: { info: () => undefined, warn: () => undefined } };
    const inPlace = await openServer(config);
    let close = async (): Promise<void> => undefined;
    const server = await openServer(config, (rewards) => {
      const threads = threadedRewards(rewards, config, io, surroundings);
      close = threads.dispose;
      return { threaded: () => threads.open() };
    });
    const points = (step: number): readonly (readonly [number, number])[] =>
      Array.from({ length: 4000 }, (_, at) => [(at * step) % 10, Math.floor(at / 7) % 10]);
    const text = `<think><map>{"chair": ${JSON.stringify(points(3))}}</map></think><answer>4</answer>`;
    const items = [{ sample: { ...SAMPLE, map: { chair: points(7) } }, completions: [{ text }] }];
    await post(server, '/score', { items }); // starts the threads
    const scored = post(server, '/score', { items: new Array(4).fill(items[0]) });
    let isDone = false;
    void scored.finally(() => (isDone = true));
    let slowest = 0;
    let asked = 0;
    while (!isDone) {
      const start = performance.now();
      expect((await ask(server, '/health')).statusCode).toBe(200);
      slowest = Math.max(slowest, performance.now() - start);
      asked++;
    }
    expect(asked).toBeGreaterThan(0);
    expect(slowest).toBeLessThan(1500);
    const expected = (await post(inPlace, '/score', { items })).json().items[0];
    const found = (await scored).json().items[0];
    expect(found).toEqual(expected);
    expect(found.failures).toEqual([]);
    await close();
  }, 120_000);

  test('an ordinary group is little work', () => {
    const completion = { text: 'x'.repeat(4000), tokenCount: 1000, finishReason: 'stop' } as const;
    const map = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, [[1, 2]]]));
    const sample = {
      ...{ id: '', problem: '', options: [], source: '', solution: '', map },
      problemType: 'numerical',
      media: [{ kind: 'video', path: '' }],
    } as never;
    expect(isHeavy({ sample, completions: new Array(8).fill(completion) })).toBe(false);
    expect(isHeavy({ sample, completions: new Array(80).fill(completion) })).toBe(true);
  });
});
