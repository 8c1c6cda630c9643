import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import type { Run } from '@loci/core';
import { openRun } from '../../src/open-run.ts';
import { createRewardServer } from '../../src/serve/server.ts';
import type { RewardServerOptions } from '../../src/serve/server.ts';
import { EXPANDED, GOOD, PROMPT, SAMPLE } from './wire-text.ts';

/** The full set of SG-RLVR. */
const SG_RLVR = `rewards=[answer, { use: map, options: { when: always } }, format, { use: length, options: { minTokens: 2, maxTokens: 9 } }, temporal]`;

const runs: Run[] = [];
const servers: FastifyInstance[] = [];

afterAll(async () => {
  for (const server of servers) await server.close();
  for (const run of runs) await run.dispose();
});

async function serve(
  rewards: string,
  options: Partial<RewardServerOptions> = {},
  folder = tmpdir(),
): Promise<FastifyInstance> {
  const logger = { info: () => undefined, warn: () => undefined };
  const io = { out: process.stdout, userDirectory: folder };
  const run = await openRun({ set: [rewards] }, io, { logger, rewardThreads: 2 });
  runs.push(run);
  const server = createRewardServer({ rewards: await run.rewards(), version: '1', ...options });
  servers.push(server);
  return server;
}

function post(
  server: FastifyInstance,
  url: string,
  payload: object,
): Promise<LightMyRequestResponse> {
  return server.inject({ method: 'POST', url, payload });
}

const item = (...texts: readonly string[]): object => ({
  sample: SAMPLE,
  completions: texts.map((text) => ({ text, tokenCount: 5 })),
});

describe('POST /score', () => {
  let server: FastifyInstance;
  beforeAll(async () => {
    server = await serve(SG_RLVR);
  });

  test('gives sums, and of every completion what each reward said, with parts and reasons', async () => {
    const reply = await post(server, '/score', {
      items: [
        { ...item(GOOD, 'no idea', GOOD), shuffled: [{ text: 'nothing', tokenCount: 1 }] },
        item(),
      ],
    });
    expect(reply.statusCode).toBe(200);
    const { items } = reply.json();
    expect(items).toHaveLength(2);
    expect(items[1]).toEqual({ id: 'item 1', failures: [], completions: [] });
    const [good, bad] = items[0].completions;
    expect(good.reward).toBeCloseTo(1 + 1 + 1 + 0.2 + 0.3);
    expect(good.rewards.answer).toEqual({
      status: 'scored',
      value: 1,
      parts: { parsed: 1 },
      adds: 1,
    });
    expect(good.rewards.map).toMatchObject({ value: 1, parts: { countAccuracy: 1 } });
    expect(good.rewards.temporal).toMatchObject({ value: 0.3, parts: { passed: 1 } });
    expect(bad.reward).toBe(0);
    expect(bad.rewards.answer).toMatchObject({ value: 0, reason: 'no answer tag' });
    expect(bad.rewards.map).toMatchObject({ value: 0, reason: 'no map' });
  });

  test('without shuffled completions temporal abstains, and adds nothing', async () => {
    const reply = await post(server, '/score', { items: [item(GOOD, GOOD)] });
    const [first] = reply.json().items[0].completions;
    expect(first.rewards.temporal).toEqual({
      status: 'abstained',
      reason: 'no shuffled completions',
      adds: 0,
    });
  });

  test('without a number of tokens the reward that asks for it fails by name, and there is no sum', async () => {
    const reply = await post(server, '/score', {
      items: [{ sample: { ...SAMPLE, id: 'q7' }, completions: [{ text: GOOD }, { text: GOOD }] }],
    });
    expect(reply.statusCode).toBe(200);
    const [{ failures, completions }] = reply.json().items;
    expect(failures).toEqual([
      {
        reward: 'length',
        sampleId: 'q7',
        message: expect.stringContaining('send tokenCount with the completion'),
      },
    ]);
    expect(completions.map(({ reward }: { reward: unknown }) => reward)).toEqual([null, null]);
    expect(completions[0].rewards.length).toMatchObject({ status: 'failed', adds: 0 });
    expect(completions[0].rewards.answer).toMatchObject({ value: 1 });
  });

  test.each([
    [
      { items: [{ sample: { ...SAMPLE, solution: 4 }, completions: [] }] },
      'items.0.sample.solution',
    ],
    [{ items: [{ sample: { ...SAMPLE, mapp: {} }, completions: [] }] }, '"mapp"'],
    [{ items: [{ sample: SAMPLE, completions: [{ txet: 'a' }] }] }, 'items.0.completions.0.text'],
    [{ items: {} }, 'items: '],
    [{}, 'items: '],
    [{ items: [], step: 0 }, 'step: '],
  ])('a wrong body is a 400 with the key path: %j', async (body, place) => {
    const reply = await post(server, '/score', body);
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({
      error: 'body-invalid',
      message: expect.stringContaining(place),
    });
  });

  test('a complaint that every item repeats is told a few times', async () => {
    const items = Array.from({ length: 300 }, () => ({ sample: SAMPLE, completions: [{}] }));
    const { message } = (await post(server, '/score', { items })).json();
    expect(message).toMatch(/and 295 more$/);
  });
});

describe('POST / as OpenRLHF', () => {
  let server: FastifyInstance;
  beforeAll(async () => {
    server = await serve('rewards=[answer, { use: map, weight: 2 }, format, temporal]');
  });

  const label = JSON.stringify(SAMPLE);

  test('cuts the prompt, groups items of one sample, and keeps the order', async () => {
    const other = JSON.stringify({ ...SAMPLE, solution: '<answer>9</answer>' });
    for (const url of ['/', '/get_reward']) {
      const reply = await post(server, url, {
        query: [`${PROMPT}${GOOD}<|im_end|>`, `${EXPANDED}${GOOD}<|im_end|>`, `${PROMPT}hm`],
        prompts: [PROMPT, PROMPT, PROMPT],
        labels: [label, other, label],
      });
      expect(reply.statusCode).toBe(200);
      expect(reply.json()).toEqual({
        rewards: [4, 1, 0],
        scores: [1, 0, 0],
        extra_logs: { answer: [1, 0, 0], map: [2, 0, 0], format: [1, 1, 0], temporal: [0, 0, 0] },
      });
    }
  });

  test('an empty batch is answered', async () => {
    const reply = await post(server, '/', { query: [], prompts: [], labels: [] });
    expect(reply.json()).toEqual({
      rewards: [],
      scores: [],
      extra_logs: { answer: [], map: [], format: [], temporal: [] },
    });
  });

  test('a label may be an object', async () => {
    const body = { query: [`${PROMPT}${GOOD}`], prompts: [PROMPT], labels: [SAMPLE] };
    expect((await post(server, '/', body)).json()).toMatchObject({ rewards: [4] });
  });

  test('items that cannot be read refuse the request, each named: never a silent 0', async () => {
    const body = {
      query: [`${PROMPT}${GOOD}`, 'elsewhere', `${PROMPT}x`, `${PROMPT}x`, `${PROMPT}x`],
      prompts: [PROMPT, PROMPT, PROMPT, PROMPT, PROMPT],
      labels: [label, label, '<answer>4</answer>', null, JSON.stringify({ solution: '4' })],
    };
    const reply = await post(server, '/', body);
    expect(reply.statusCode).toBe(422);
    const { error, message, items } = reply.json();
    expect(error).toBe('item-unreadable');
    expect(message).toMatch(/^4 of 5 items cannot be read, so none is answered; item 1: the query/);
    expect(items.map(({ index }: { index: number }) => index)).toEqual([1, 2, 3, 4]);
    expect(items[1].message).toContain('its label is no JSON: a label is the sample as JSON text');
    expect(items[2].message).toContain('its label is no object');
    expect(items[3].message).toContain('problemType');
  });

  test('a reward that fails refuses the request, with its name and reason', async () => {
    const unreadable = JSON.stringify({ ...SAMPLE, solution: '<answer>many</answer>' });
    const body = {
      query: [`${PROMPT}${GOOD}`, `${PROMPT}${GOOD}`],
      prompts: [PROMPT, PROMPT],
      labels: [label, unreadable],
    };
    const reply = await post(server, '/', body);
    expect(reply.statusCode).toBe(422);
    expect(reply.json()).toMatchObject({
      error: 'reward-failed',
      message: expect.stringMatching(/^1 of 2 items could not be scored.*item 1: answer: /),
      items: [{ index: 1, reward: 'answer', message: expect.any(String) }],
    });
  });

  test('lists of different lengths are a 400', async () => {
    const reply = await post(server, '/', { query: ['a'], prompts: [], labels: [] });
    expect(reply.statusCode).toBe(400);
    expect(reply.json().message).toContain('they are 1, 0 and 0');
  });

  test('length asks for a number of tokens that OpenRLHF does not send', async () => {
    const counting = await serve('rewards=[answer, length]');
    const body = { query: [`${PROMPT}${GOOD}`], prompts: [PROMPT], labels: [label] };
    const reply = await post(counting, '/', { ...body });
    expect(reply.statusCode).toBe(422);
    expect(reply.json().message).toMatch(/item 0: length: .*number of tokens is not known/);
  });
});

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
export const slow = defineReward({ name: 'slow', description: 'Takes its time.', score: async () => { await new Promise((done) => setTimeout(done, 2000)); return 1; } });`,
    );
    const rewards = 'rewards=[{ use: ./slow.ts, isolate: false }]';
    const onRefused = (status: number, message: string): void => void heard.push([status, message]);
    server = await serve(
      rewards,
      { token: 'open sesame'.replace(' ', '-'), limits, onRefused },
      folder,
    );
    await server.listen({ host: '127.0.0.1', port: 0 });
    port = (server.server.address() as { port: number }).port;
  });

  const authorised = { authorization: 'Bearer open-sesame' };

  test('401 without the token, on every route, and the token is not told', async () => {
    for (const [method, url] of [
      ['GET', '/health'],
      ['POST', '/score'],
      ['POST', '/'],
    ] as const) {
      const reply = await server.inject({ method, url });
      expect(reply.statusCode).toBe(401);
      expect(reply.headers['www-authenticate']).toBe('Bearer');
      expect(reply.json().message).toContain('authorization: Bearer TOKEN');
    }
    const reply = await server.inject({ url: '/health', headers: authorised });
    expect(reply.json()).toEqual({
      status: 'ok',
      version: '1',
      rewards: [{ name: 'slow', range: [0, 1], weight: 1 }],
    });
    expect(JSON.stringify(heard)).not.toContain('sesame');
  });

  test('413 for a body beyond the limit, 400 for no JSON, 415 for another type, 404 for another route', async () => {
    const send = (payload: string, type = 'application/json'): Promise<LightMyRequestResponse> =>
      server.inject({
        method: 'POST',
        url: '/score',
        payload,
        headers: { ...authorised, 'content-type': type },
      });
    expect(await send(JSON.stringify({ items: 'x'.repeat(3000) }))).toMatchObject({
      statusCode: 413,
      body: expect.stringContaining('send fewer items at once'),
    });
    expect(await send('{"items": [')).toMatchObject({
      statusCode: 400,
      body: expect.stringContaining('no JSON'),
    });
    expect((await send('')).statusCode).toBe(400);
    expect((await send('{"items": []}', 'application/xml')).statusCode).toBe(415);
    const lost = await server.inject({ url: '/scores', headers: authorised });
    expect(lost.statusCode).toBe(404);
    expect(lost.json().message).toContain('POST /score');
  });

  test('504 when scoring takes too long', async () => {
    const reply = await server.inject({
      method: 'POST',
      url: '/score',
      payload: { items: [item('a')] },
      headers: authorised,
    });
    expect(reply.statusCode).toBe(504);
    expect(reply.json()).toMatchObject({
      error: 'too-slow',
      message: expect.stringContaining('Not scored within 0.9 s'),
    });
  });

  test('408 for a request that does not arrive, 400 for what is no HTTP', async () => {
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
    expect(await speak('hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 Bad Request.*no HTTP request/s);
  });
});

describe('a reward that misbehaves', () => {
  const OBEDIENT = `
import { defineReward } from '@loci/core';
export const obedient = defineReward({
  name: 'obedient',
  description: 'Does what it is told.',
  score: async ({ text }) => {
    if (text === 'loop') while (true);
    if (text === 'exit') process.exit(3);
    if (text === 'sleep') await new Promise((done) => setTimeout(done, 1000));
    return 1;
  },
});`;
  let server: FastifyInstance;
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'loci-serve-'));
    writeFileSync(join(folder, 'obedient.ts'), OBEDIENT);
    server = await serve('rewards=[format, { use: ./obedient.ts, timeoutMs: 3000 }]', {}, folder);
    await server.ready();
  });

  const scoring = (word: string): Promise<LightMyRequestResponse> =>
    post(server, '/score', { items: [item(word)] });

  test.each(['sleep', 'loop'])(
    'other requests are answered while one makes it %s',
    async (word) => {
      let ended = false;
      const slow = scoring(word).finally(() => {
        ended = true;
      });
      expect((await server.inject('/health')).statusCode).toBe(200);
      expect((await scoring('fine')).json().items[0].completions[0].reward).toBe(1);
      expect(ended).toBe(false);
      const [answered] = (await slow).json().items;
      expect(answered.failures).toEqual(
        word === 'sleep'
          ? []
          : [
              expect.objectContaining({
                message: expect.stringMatching(/^timed out after 3000 ms/),
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
