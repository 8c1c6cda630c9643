import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { closeServers, item, openServer, post } from './open-server.ts';
import { EXPANDED, GOOD, PROMPT, SAMPLE } from './wire-text.ts';

/** The full set of SG-RLVR. */
const SG_RLVR = `rewards=[answer, { use: map, options: { when: always } }, format, { use: length, options: { minTokens: 2, maxTokens: 9 } }, temporal]`;

afterAll(closeServers);

describe('POST /score', () => {
  let server: FastifyInstance;
  beforeAll(async () => {
    server = await openServer(SG_RLVR);
  });

  test('gives sums, and the outcome of each reward for every completion, with parts and reasons', async () => {
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

  test('reads what the prompt opened before every text of the item', async () => {
    const closing = GOOD.replace('<think>', '');
    const items = [{ ...item(closing, GOOD), opened: '<think>' }, item(closing, GOOD)];
    const reply = await post(server, '/score', { items });
    const formats = (index: number) =>
      reply
        .json()
        .items[index].completions.map(
          ({ rewards }: { rewards: { format: { value: number } } }) => rewards.format.value,
        );
    expect(formats(0)).toEqual([1, 0]);
    expect(formats(1)).toEqual([0, 1]);
  });

  test('takes completions under looks by name, and lists the known names', async () => {
    const nothing = [{ text: 'nothing', tokenCount: 1 }];
    const items = [
      { ...item(GOOD, 'no idea', GOOD), looks: { shuffled: nothing } },
      { ...item(GOOD, 'no idea', GOOD), shuffled: nothing },
    ];
    const [named, old] = (await post(server, '/score', { items })).json().items;
    expect(named.completions).toEqual(old.completions);
    expect(named.completions[0].rewards.temporal).toMatchObject({ value: 0.3 });
    const misspelt = await post(server, '/score', {
      items: [item(GOOD), { ...item(GOOD), looks: { shufled: nothing } }],
    });
    expect(misspelt.statusCode).toBe(400);
    expect(misspelt.json()).toMatchObject({
      error: 'look-unknown',
      message: 'items.1.looks: no reward here compares with a look "shufled"; send shuffled',
    });
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

  test('passes over padding and the end token, as the other route does', async () => {
    const pad = '<|endoftext|>'.repeat(2);
    const padded = `${pad}${GOOD}<|im_end|>${pad}`;
    const [one, other] = (await post(server, '/score', { items: [item(padded, GOOD)] })).json()
      .items[0].completions;
    expect(one).toEqual(other);
    expect(one.rewards.format.value).toBe(1);
  });

  test('without a token count, a reward that needs it fails by name, and there is no sum', async () => {
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

  test('an issue that every item repeats is listed a few times', async () => {
    const items = Array.from({ length: 300 }, () => ({ sample: SAMPLE, completions: [{}] }));
    const { message } = (await post(server, '/score', { items })).json();
    expect(message).toMatch(/and 295 more$/);
  });
});

describe('POST / as OpenRLHF', () => {
  let server: FastifyInstance;
  beforeAll(async () => {
    server = await openServer('rewards=[answer, { use: map, weight: 2 }, format, temporal]');
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

  test('a prompt may open the answer', async () => {
    const closing = GOOD.replace('<think>', '');
    const opening = `${PROMPT}<think>\n`;
    const reply = await post(server, '/', {
      query: [
        `${opening}${closing}<|im_end|>`,
        `${opening}${GOOD}<|im_end|>`,
        `${PROMPT}${closing}`,
      ],
      prompts: [opening, opening, PROMPT],
      labels: [label, label, label],
    });
    expect(reply.json()).toMatchObject({ extra_logs: { format: [1, 0, 0], answer: [1, 1, 1] } });
  });

  test('padding on both sides is passed over', async () => {
    const pad = '<|endoftext|>'.repeat(3);
    const query = [`${pad}${EXPANDED}${GOOD}<|im_end|>${pad}`];
    for (const url of ['/', '/get_reward']) {
      const reply = await post(server, url, { query, prompts: [PROMPT], labels: [label] });
      expect(reply.json()).toMatchObject({ rewards: [4] });
    }
  });

  test('missing lists are named with their content', async () => {
    const { message } = (await post(server, '/get_reward', { query: [], prompts: [] })).json();
    expect(message).toMatch(/^labels: missing; .*--data\.label_key/);
  });

  test('an item from which every reward abstains fails the request, since it has no number', async () => {
    const silent = await openServer('rewards=[map, temporal, { use: answer, weight: 0 }]');
    const labels = [JSON.stringify({ ...SAMPLE, map: undefined })];
    const reply = await post(silent, '/', {
      query: [`${PROMPT}${GOOD}`],
      prompts: [PROMPT],
      labels,
    });
    expect(reply.statusCode).toBe(422);
    expect(reply.json().message).toContain('every reward abstained (map: ');
    const items = [
      { sample: JSON.parse(labels[0]!), completions: [{ text: GOOD, tokenCount: 5 }] },
    ];
    const [plain] = (await post(silent, '/score', { items })).json().items;
    expect(plain).toMatchObject({ failures: [], completions: [{ reward: null }] });
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
    expect(items[1].message).toContain('its label is not JSON: a label is the sample as JSON text');
    expect(items[2].message).toContain('its label is not an object');
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
    expect(reply.json().message).toContain('but have 1, 0 and 0');
  });

  test('length asks for a number of tokens that OpenRLHF does not send', async () => {
    const counting = await openServer('rewards=[answer, length]');
    const body = { query: [`${PROMPT}${GOOD}`], prompts: [PROMPT], labels: [label] };
    const reply = await post(counting, '/', { ...body });
    expect(reply.statusCode).toBe(422);
    expect(reply.json().message).toMatch(/item 0: length: .*number of tokens is not known/);
  });
});
