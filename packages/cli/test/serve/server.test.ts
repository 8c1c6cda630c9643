import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { ask, closeServers, item, openServer, post } from './open-server.ts';
import type { Reply } from './open-server.ts';

afterAll(closeServers);

describe('limits and access', () => {
  const limits = { bodyBytes: 2000, receiveMs: 300, answerMs: 900, groupsAtOnce: 2 };
  let server: FastifyInstance;
  let port: number;
  const heard: [number, string][] = [];
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'loci-serve-'));
    writeFileSync(
      join(folder, 'slow.ts'),
      `import { defineReward } from '@loci/core';
export const slow = defineReward({ name: 'slow', description: 'Takes its time.', score: async () => { await new Promise((done) => setTimeout(done, 1200)); return 1; } });`,
    );
    const rewards = 'rewards=[{ use: ./slow.ts, isolate: false }]';
    const onRefused = (status: number, message: string): void => void heard.push([status, message]);
    server = await openServer(
      rewards,
      { token: 'open sesame'.replace(' ', '-'), limits, onRefused },
      folder,
    );
    port = (server.server.address() as { port: number }).port;
  });

  const authorised = { authorization: 'Bearer open-sesame' };

  test('401 without the token, on every route, without revealing the token', async () => {
    for (const [method, url] of [
      ['GET', '/health'],
      ['POST', '/score'],
      ['POST', '/'],
    ] as const) {
      const reply = await ask(server, url, { method });
      expect(reply.statusCode).toBe(401);
      expect(reply.headers.get('www-authenticate')).toBe('Bearer');
      expect(reply.json().message).toContain('authorization: Bearer TOKEN');
    }
    const reply = await ask(server, '/health', { headers: authorised });
    expect(reply.json()).toEqual({
      status: 'ok',
      version: '1',
      rewards: [{ name: 'slow', range: [0, 1], weight: 1 }],
    });
    expect(JSON.stringify(heard)).not.toContain('sesame');
  });

  test('413 for a body beyond the limit, 400 for no JSON, 415 for another type, 404 for another route', async () => {
    const send = (body: string, type = 'application/json'): Promise<Reply> =>
      ask(server, '/score', {
        method: 'POST',
        body,
        headers: { ...authorised, 'content-type': type },
      });
    expect(await send(JSON.stringify({ items: 'x'.repeat(3000) }))).toMatchObject({
      statusCode: 413,
      text: expect.stringContaining('send fewer items at once'),
    });
    expect(await send('{"items": [')).toMatchObject({
      statusCode: 400,
      text: expect.stringContaining('not valid JSON'),
    });
    expect((await send('')).statusCode).toBe(400);
    expect((await send('{"items": []}', 'application/xml')).statusCode).toBe(415);
    const lost = await ask(server, '/scores', { headers: authorised });
    expect(lost.statusCode).toBe(404);
    expect(lost.json().message).toContain('POST /score');
  });

  test('504 when scoring takes too long', async () => {
    const reply = await post(server, '/score', { items: [item('a')] }, authorised);
    expect(reply.statusCode).toBe(504);
    expect(reply.json()).toMatchObject({
      error: 'too-slow',
      message: expect.stringContaining('Not scored within 0.9 s'),
    });
  });

  test('work for a client that has gone is given up', async () => {
    const body = JSON.stringify({ items: [item('a')] });
    const headers = { ...authorised, 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(200);
    await expect(
      ask(server, '/score', { method: 'POST', body, headers, signal }),
    ).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(heard.at(-1)).toEqual([499, 'The client has gone']);
  });

  test('408 for a request that does not arrive, 400 for one that is not HTTP', async () => {
    const speak = (text: string): Promise<string> =>
      new Promise((resolve) => {
        let heardBack = '';
        const socket = connect(port, '127.0.0.1', () => socket.write(text));
        socket.on('data', (chunk) => (heardBack += chunk.toString()));
        socket.on('close', () => resolve(heardBack));
      });
    const head = 'POST /score HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
    const slow = await speak(
      `${head}authorization: Bearer open-sesame\r\ncontent-length: 10\r\n\r\n{`,
    );
    expect(slow).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n.*"error":"request-too-slow"/s);
    expect(await speak('hello\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 Bad Request.*Not an HTTP request/s,
    );
  });
});

describe('a reward that misbehaves', () => {
  const OBEDIENT = `
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineReward } from '@loci/core';
export const obedient = defineReward({
  name: 'obedient',
  description: 'Does what it is told.',
  score: async ({ text }) => {
    if (text === 'loop') while (true);
    if (text === 'exit') process.exit(3);
    if (text === 'block') for (const end = Date.now() + 400; Date.now() < end;);
    const awake = join(import.meta.dirname, 'awake');
    if (text === 'sleep') while (!existsSync(awake)) await new Promise((done) => setTimeout(done, 20));
    return 1;
  },
});`;
  const folder = mkdtempSync(join(tmpdir(), 'loci-serve-'));
  let server: FastifyInstance;
  beforeAll(async () => {
    writeFileSync(join(folder, 'obedient.ts'), OBEDIENT);
    // Long enough for an ordinary answer meanwhile, also on a busy machine.
    server = await openServer(
      'rewards=[format, { use: ./obedient.ts, timeoutMs: 6000 }]',
      {},
      folder,
    );
    await Promise.all([scoring('block'), scoring('fine')]); // starts the second thread
  });

  const scoring = (word: string): Promise<Reply> => post(server, '/score', { items: [item(word)] });

  test.each(['sleep', 'loop'])(
    'other requests are answered while one makes it %s',
    async (word) => {
      let ended = false;
      const slow = scoring(word).finally(() => {
        ended = true;
      });
      expect((await ask(server, '/health')).statusCode).toBe(200);
      expect((await scoring('fine')).json().items[0].completions[0].reward).toBe(1);
      expect(ended).toBe(false);
      writeFileSync(join(folder, 'awake'), '');
      const [answered] = (await slow).json().items;
      expect(answered.failures).toEqual(
        word === 'sleep'
          ? []
          : [
              expect.objectContaining({
                message: expect.stringMatching(/^timed out after 6000 ms/),
              }),
            ],
      );
    },
  );

  test('a reward that ends its thread is a failure of its item alone', async () => {
    const reply = await post(server, '/score', {
      items: [item('fine'), item('exit'), item('fine')],
    });
    const { items } = reply.json();
    expect(items.map(({ failures }: { failures: unknown[] }) => failures.length)).toEqual([
      0, 1, 0,
    ]);
    expect(items[1].failures[0].message).toContain('process.exit(3)');
  });
});
