import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { lastValueFrom, take } from 'rxjs';
import { misbehavingServer } from './misbehaving-server.ts';
import type { Behaviour } from './misbehaving-server.ts';
import { GREEDY, ask, policies, textOf } from './policy-at.ts';

const { policyAt, log, KEY, also } = policies();

describe.each([true, false])('answers, streamed: %s', (stream) => {
  test('text, thinking, why it ended, what was counted', async () => {
    const { policy, server } = await policyAt(
      [{ does: 'answer', text: 'Drei Stühle 🪑', thinking: 'I count', finish: 'length' }],
      { stream, prices: { prompt: 2, completion: 10 } },
    );
    const [answer] = await ask(policy);
    expect(textOf(policy, answer)).toBe('<think>I count</think>Drei Stühle 🪑');
    expect(answer).toMatchObject({
      answer: 'Drei Stühle 🪑',
      finishReason: 'length',
      usage: { promptTokens: 100, completionTokens: 10, cached: false, cost: 0.0003 },
    });
    expect(server.received[0]?.body).toMatchObject({
      model: 'm',
      temperature: 0,
      max_tokens: 64,
      messages: [{ role: 'user', content: 'How many chairs?' }],
    });
    expect(server.received[0]?.body).not.toHaveProperty('seed');
    expect(server.received[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  const passing: readonly [string, Behaviour][] = [
    ['too many requests', { does: 'status', status: 429, retryAfter: '0.01' }],
    ['an internal error', { does: 'status', status: 500 }],
    ['a gateway that is down', { does: 'status', status: 503 }],
    ['silence', { does: 'hang' }],
    [
      'what is no JSON',
      { does: 'send', body: stream ? 'data: {"choices": [\n\n' : '{"choices": [' },
    ],
    ['what is no completion', { does: 'send', body: stream ? 'data: {"choices": 3}\n\n' : '[]' }],
    ...(stream
      ? ([
          ['silence in the middle', { does: 'hang', after: 'Two' }],
          ['a connection that is cut', { does: 'cut', after: 'Two' }],
          ['an answer that breaks off', { does: 'break off', after: 'Two' }],
        ] satisfies [string, Behaviour][])
      : []),
  ];
  test.each(passing)('%s is tried again', async (_name, behaviour) => {
    const { policy, server } = await policyAt([behaviour, behaviour], {
      stream,
      silenceSeconds: 0.15,
    });
    const [answer] = await ask(policy);
    expect(textOf(policy, answer)).toBe('ok');
    expect(server.received).toHaveLength(3);
    expect(log.filter((line) => line.includes('attempt 3 of 6'))).toHaveLength(1);
  });
});

/** What an evaluation makes of an error: undefined ends it. */
const CONCERNS: Readonly<Record<string, string>> = {
  'remote-forbidden': 'either',
  'remote-refused': 'item',
  'remote-unavailable': 'model',
};

test.each([
  [{ does: 'status', status: 401, message: `wrong key ${KEY}` }, 'remote-unauthorised', 1],
  [{ does: 'status', status: 403, message: 'not from your region' }, 'remote-forbidden', 1],
  [{ does: 'status', status: 404 }, 'remote-model', 1],
  [{ does: 'status', status: 402 }, 'remote-quota', 1],
  [{ does: 'status', status: 400, code: 'unsupported_parameter' }, 'remote-setting', 1],
  [{ does: 'status', status: 429, code: 'insufficient_quota' }, 'remote-quota', 1],
  [{ does: 'status', status: 400, message: 'too many images' }, 'remote-refused', 1],
  [{ does: 'answer', text: '', finish: 'content_filter' }, 'remote-refused', 1],
  [{ does: 'status', status: 500, message: `at ${KEY}` }, 'remote-unavailable', 2],
] as const)('%j ends as %s', async (behaviour, code, requests) => {
  const { policy, server } = await policyAt([behaviour, behaviour, behaviour], { attempts: 2 });
  const failure: unknown = await ask(policy).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code, concerns: CONCERNS[code] });
  expect(server.received).toHaveLength(requests);
  expect(String((failure as Error).stack) + JSON.stringify(failure) + log.join('\n')).not.toContain(
    KEY,
  );
});

test.each([true, false])('a refusal in place of an answer is one, streamed: %s', async (stream) => {
  const said = { content: null, refusal: 'I would rather not.' };
  const choice = { [stream ? 'delta' : 'message']: said, finish_reason: 'stop' };
  const text = JSON.stringify({ choices: [choice] });
  const body = stream ? `data: ${text}\n\ndata: [DONE]\n\n` : text;
  const { policy } = await policyAt([{ does: 'send', body }], { stream });
  await expect(ask(policy)).rejects.toMatchObject({
    code: 'remote-refused',
    message: expect.stringContaining('I would rather not'),
  });
});

test.each([
  ['max_tokens', 'Set maxTokensName: max_completion_tokens'],
  ['temperature', 'Set extra: { temperature: … }'],
])('a model that does not take %s ends the run with what to set', async (param, advice) => {
  const code = 'unsupported_parameter';
  const { policy } = await policyAt([{ does: 'status', status: 400, code, param }]);
  await expect(ask(policy)).rejects.toThrow(advice);
});

test('a page in place of a message is cut and has no markup', async () => {
  const message = `<html><h1>not  found</h1>${'x'.repeat(5000)}`;
  const { policy } = await policyAt([{ does: 'status', status: 404, message }]);
  const failure = (await ask(policy).catch((error: unknown) => error)) as Error;
  expect(failure.message).toContain('not found');
  expect(failure.message.length).toBeLessThan(600);
});

test('an address without a version, and a key that was not sent, are what the message speaks of', async () => {
  const script = [404, 401].map((status) => ({ does: 'status', status }) as const);
  const server = await misbehavingServer(script);
  const baseUrl = server.baseUrl.replace('/v1', '');
  const { policy } = await policyAt([], { baseUrl, apiKeyEnv: undefined });
  also({ policy, server });
  await expect(ask(policy)).rejects.toThrow(`perhaps ${baseUrl}/v1`);
  await expect(ask(policy)).rejects.toThrow('needs an API key, and none was sent');
});

test('a server that is not there is unavailable, and says so', async () => {
  const { policy, server } = await policyAt([], { attempts: 2 });
  await server.close();
  await expect(ask(policy)).rejects.toMatchObject({
    code: 'remote-unavailable',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

test('requests run side by side, and no more than allowed', async () => {
  const { policy, server } = await policyAt([], { concurrency: 3 }, 20);
  const answers = await ask(policy, 'q', { ...GREEDY, temperature: 1 }, 9);
  expect(answers.map(({ completion }) => completion).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(server.busiest).toBe(3);
  const seeds = server.received.map(({ body }) => body['seed']);
  expect(new Set(seeds).size).toBe(9);
});

test('unsubscribing gives up what is under way', async () => {
  const { policy, server } = await policyAt([{ does: 'answer', text: 'a' }, { does: 'hang' }], {
    concurrency: 2,
  });
  const prompt = await policy.processor.encode([
    { role: 'user', parts: [{ type: 'text', text: 'q' }] },
  ]);
  const request = {
    prompts: [prompt],
    completionsPerPrompt: 2,
    sampling: { ...GREEDY, temperature: 1 },
    seed: 1,
  };
  await lastValueFrom(policy.sample(request).pipe(take(1)));
  for (let wait = 0; wait < 100 && server.abandoned === 0; wait++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(server.abandoned).toBe(1);
});

describe('kept answers', () => {
  test('nothing is asked twice, and whatever matters asks anew', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'loci-answers-'));
    const { policy, server } = await policyAt([{ does: 'answer', text: 'four' }], { cache });
    const [first] = await ask(policy);
    const [again] = await ask(policy);
    expect(textOf(policy, again)).toBe('four');
    expect([first?.usage?.cached, again?.usage?.cached]).toEqual([false, true]);
    expect(server.received).toHaveLength(1);
    await ask(policy, 'How many tables?');
    await ask(policy, 'How many chairs?', { ...GREEDY, maxNewTokens: 65 });
    const drawn = { ...GREEDY, temperature: 1 };
    await ask(policy, 'How many chairs?', drawn, 2, 1);
    await ask(policy, 'How many chairs?', drawn, 2, 1);
    await ask(policy, 'How many chairs?', drawn, 1, 2);
    expect(server.received).toHaveLength(6);

    const files = readdirSync(cache, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const contents = files.map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'));
    expect(contents).toHaveLength(6);
    expect(contents.join('')).not.toContain(KEY);
  });

  test('a damaged one is asked anew and mended', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'loci-answers-'));
    const { policy, server } = await policyAt([], { cache });
    await ask(policy);
    const [file] = readdirSync(cache, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    writeFileSync(join(file!.parentPath, file!.name), '{"format": 2, "key"');
    await ask(policy);
    await ask(policy);
    expect(server.received).toHaveLength(2);
  });
});

test('training is refused, and so are prompts of another processor', async () => {
  const { policy } = await policyAt([]);
  expect(policy.capabilities).toMatchObject({ trainable: false, losses: [], concurrentSamples: 8 });
  await expect(policy.optimStep({} as never)).rejects.toMatchObject({ code: 'not-trainable' });
  const request = {
    prompts: [{ tokenIds: Int32Array.of(1), media: [] }],
    completionsPerPrompt: 1,
    sampling: GREEDY,
    seed: 1,
  };
  await expect(lastValueFrom(policy.sample(request))).rejects.toMatchObject({
    code: 'prompt-foreign',
  });
  await policy.dispose();
  await expect(lastValueFrom(policy.sample(request))).rejects.toMatchObject({
    code: 'policy-disposed',
  });
});
