/** Redirects, and who is told the token: two servers of this machine under two names are two hosts. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { hubFetch } from '../../src/http/hub-fetch.ts';
import type { HubFetchOptions } from '../../src/http/hub-fetch.ts';
import { askedFor, waitBefore } from '../../src/http/waits.ts';
import { Token } from '../../src/token.ts';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

const servers: Server[] = [];
let [hub, other] = ['', ''];
let answer: { hub: Listener; other: Listener };
let seen: string[];

beforeAll(async () => {
  for (const name of ['hub', 'other'] as const) {
    const server = createServer((request, response) => {
      seen.push(
        `${name} ${request.method!} ${request.url!} ${request.headers.authorization ?? 'nobody'}`,
      );
      answer[name](request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
  }
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  [hub, other] = [`http://127.0.0.1:${ports[0]!}`, `http://localhost:${ports[1]!}`];
});
afterAll(async () => {
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  seen = [];
  const plain: Listener = (_, response) => void response.end('{}');
  answer = { hub: plain, other: plain };
});

const token = new Token('hf_ofNobody12345', 'HF_TOKEN');

function fetchOn(options: Partial<HubFetchOptions> = {}): typeof fetch {
  const logger = { info: () => undefined, warn: () => undefined };
  const sleep = () => Promise.resolve();
  return hubFetch({ endpoint: hub, token, isOffline: false, logger, sleep, ...options });
}

const to =
  (location: string, status = 302): Listener =>
  (_, response) =>
    void response.writeHead(status, { location }).end();

describe('the token', () => {
  test('goes to the hub, follows it within the hub, and not to another host', async () => {
    answer.hub = (request, response) =>
      (request.url === '/a' ? to('/b') : to(`${other}/c?sig=1`))(request, response);
    await fetchOn()(`${hub}/a`, { headers: { authorization: 'Bearer undefined' } });
    expect(seen).toEqual([
      'hub GET /a Bearer hf_ofNobody12345',
      'hub GET /b Bearer hf_ofNobody12345',
      'other GET /c?sig=1 nobody',
    ]);
  });

  test('of another host reaches that host, and no further one', async () => {
    answer.other = to(`${hub}/back`);
    await fetchOn({ token: undefined })(`${other}/store`, {
      headers: { authorization: 'Bearer its-own' },
    });
    expect(seen).toEqual(['other GET /store Bearer its-own', 'hub GET /back nobody']);
  });

  test('is in no error of a connection', async () => {
    const work = fetchOn({ endpoint: 'http://127.0.0.1:9' })('http://127.0.0.1:9/x');
    await expect(work).rejects.toMatchObject({ code: 'hub-unreachable' });
    await expect(work).rejects.not.toThrow(/hf_ofNobody/u);
  });
});

describe('redirects', () => {
  test('that go round end', async () => {
    answer.hub = to('/again');
    await expect(fetchOn()(`${hub}/a`)).rejects.toThrow(/redirects more than 8 times/u);
  });

  test.each(['PUT', 'POST'])(
    'of a %s to another host are not followed with what was sent',
    async (method) => {
      answer.hub = to(`${other}/c`, 307);
      const work = fetchOn()(`${hub}/a`, { method, body: 'x' });
      await expect(work).rejects.toThrow(/redirects an upload to localhost/u);
      expect(seen).toEqual([`hub ${method} /a Bearer hf_ofNobody12345`]);
    },
  );

  test.each([
    [307, 'PUT'],
    [308, 'POST'],
    [303, 'GET'],
  ])('%i makes the next request a %s', async (status, method) => {
    answer.hub = (request, response) =>
      request.url === '/a' ? to('/b', status)(request, response) : void response.end('{}');
    await fetchOn()(`${hub}/a`, { method: method === 'GET' ? 'POST' : method, body: 'x' });
    expect(seen.at(-1)).toContain(`hub ${method} /b`);
  });
});

describe('what is sent again', () => {
  const failing = (status: number, times: number): Listener => {
    let left = times;
    return (_, response) => void response.writeHead(left-- > 0 ? status : 200).end('{}');
  };

  test.each([
    ['GET', 502, 3],
    ['PUT', 500, 3],
    ['POST', 503, 3],
  ])('%s after %i', async (method, status, requests) => {
    answer.hub = failing(status, requests - 1);
    const response = await fetchOn()(`${hub}/a`, {
      method,
      ...(method !== 'GET' && { body: 'x' }),
    });
    expect([response.status, seen.length]).toEqual([200, requests]);
  });

  test('not a commit that may have been made', async () => {
    answer.hub = failing(500, 9);
    const work = fetchOn()(`${hub}/api/models/o/m/commit/main`, { method: 'POST', body: '{}' });
    await expect(work).rejects.toMatchObject({ code: 'hub-busy', details: { status: 500 } });
    expect(seen).toHaveLength(1);
  });

  test('a server that keeps silent is given up', async () => {
    answer.hub = () => undefined;
    const work = fetchOn({ headTimeoutMs: 20 })(`${hub}/a`);
    await expect(work).rejects.toThrow(/no answer within 0\.02 s/u);
    expect(seen).toHaveLength(6);
  });
});

describe('waits', () => {
  test('as the server asks, in seconds, by date, or by the limit that it names', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    const asked = (headers: Record<string, string>) => askedFor(new Headers(headers), now);
    expect(asked({ 'retry-after': '7' })).toBe(7000);
    expect(asked({ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' })).toBe(30_000);
    expect(asked({ ratelimit: '"api";r=0;t=120' })).toBe(120_000);
    expect(asked({})).toBeUndefined();
  });

  test('else longer each time, and never for an hour', () => {
    for (const attempt of [1, 2, 3, 4, 5]) {
      const wait = waitBefore(attempt, undefined)!;
      expect(wait).toBeGreaterThanOrEqual(250 * 2 ** (attempt - 1));
      expect(wait).toBeLessThanOrEqual(500 * 2 ** (attempt - 1));
    }
    const hour = new Response('', { headers: { 'retry-after': '3600' } });
    expect(waitBefore(1, hour)).toBeUndefined();
  });
});
