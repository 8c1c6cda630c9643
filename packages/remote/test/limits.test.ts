/** Waits that servers ask for, answers that do not end, redirects, and keys that come back. */
import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { misbehavingServer } from './misbehaving-server.ts';
import type { Behaviour } from './misbehaving-server.ts';
import { GREEDY, ask, failureOf, policies, textOf } from './policy-at.ts';

const { policyAt, log, KEY, also } = policies();

const limited = (headers: Record<string, string>, body: object = {}, status = 429): Behaviour => ({
  does: 'reply',
  status,
  headers: { 'content-type': 'application/json', ...headers },
  chunks: [JSON.stringify({ error: { message: 'slow down' }, ...body })],
});
const piece = (content: string) =>
  `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;

describe('waits', () => {
  const googles = {
    error: {
      code: 429,
      message: 'You exceeded your current quota',
      status: 'RESOURCE_EXHAUSTED',
      details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '0.2s' }],
    },
  };
  test.each([
    ['retry-after-ms', limited({ 'retry-after-ms': '200' })],
    ['retry-after in seconds', limited({ 'retry-after': '0.2' }, {}, 503)],
    ['a span until requests are reset', limited({ 'x-ratelimit-reset-requests': '200ms' })],
    ['RetryInfo', limited({}, googles)],
    ['words', limited({}, { error: { message: 'Rate limit. Please try again in 200ms.' } })],
  ])('%s holds back all requests', async (_name, behaviour) => {
    const { policy, server } = await policyAt([behaviour], { concurrency: 1 });
    const began = performance.now();
    const answers = await ask(policy, 'q', { ...GREEDY, temperature: 1 }, 3);
    expect(answers).toHaveLength(3);
    expect(server.received).toHaveLength(4);
    const [first, ...others] = server.times;
    for (const time of others) expect(time - first!).toBeGreaterThanOrEqual(195);
    expect(performance.now() - began).toBeLessThan(5000);
  });

  test('of one policy hold back another that asks the same server', async () => {
    const { policy, server } = await policyAt([limited({ 'retry-after-ms': '300' })]);
    const judge = await policyAt([], { baseUrl: server.baseUrl });
    const asked = ask(policy);
    while (log.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await ask(judge.policy, 'Right?');
    await asked;
    const [first, ...others] = server.times;
    for (const time of others) expect(time - first!).toBeGreaterThanOrEqual(295);
  });

  test.each(['86400000', 'Thu, 01 Jan 2099 00:00:00 GMT', '4070908800000'])(
    'Retry-After: %s is cut to the limit, and a second one ends the question alone',
    async (value) => {
      const behaviour = limited({ 'retry-after': value });
      const { policy, server } = await policyAt([behaviour, behaviour], { maxWaitSeconds: 0.1 });
      const failure = await failureOf(policy);
      expect(failure.code).toBe('remote-unavailable');
      expect(failure.message).toMatch(/slow down.*asks to wait \d+ days.*maxWaitSeconds/u);
      expect(server.received).toHaveLength(2);
      expect(textOf(policy, (await ask(policy))[0])).toBe('ok');
    },
  );
});

describe('an answer without an end', () => {
  test('is given up at its size, and alone', async () => {
    const endless: Behaviour = { does: 'reply', chunks: [piece('and so on ')], endless: true };
    const { policy, server } = await policyAt([endless], { maxAnswerBytes: 100_000 });
    const failure = await failureOf(policy);
    expect(failure).toMatchObject({ code: 'remote-endless', concerns: 'item' });
    expect(failure.message).toMatch(/longer than 100000 bytes.*maxAnswerBytes/u);
    expect(textOf(policy, (await ask(policy))[0])).toBe('ok');
    expect(server.received).toHaveLength(2);
  });

  test.each([true, false])('that drips is given up at its time, streamed: %s', async (stream) => {
    const text = stream ? piece('.') : ' ';
    const dripping: Behaviour = { does: 'reply', chunks: [text], everyMs: 20, endless: true };
    const { policy } = await policyAt([dripping], {
      stream,
      maxAnswerSeconds: 0.3,
      silenceSeconds: 0.2,
    });
    const failure = await failureOf(policy);
    expect(failure).toMatchObject({ code: 'remote-endless', concerns: 'item' });
    expect(failure.message).toMatch(/not complete after 0\.3 s.*maxAnswerSeconds/u);
  });

  test('after its end does not matter', async () => {
    const after: Behaviour = {
      does: 'reply',
      chunks: [`${piece('Two')}data: [DONE]\n\n`, ...Array<string>(500).fill(': ping\n\n')],
      everyMs: 20,
    };
    const { policy } = await policyAt([after]);
    expect(textOf(policy, (await ask(policy))[0])).toBe('Two');
  });
});

describe('redirects', () => {
  test.each([301, 302, 303, 307, 308])('%i to another host is not followed', async (status) => {
    const other = await misbehavingServer([]);
    const location = `${other.baseUrl}/chat/completions?key=${KEY}`;
    const { policy, server } = await policyAt([
      { does: 'reply', status, headers: { location }, chunks: [] },
    ]);
    const failure = await failureOf(policy);
    also({ policy, server: other });
    expect(failure.code).toBe('remote-redirect');
    expect(failure.message).toContain('another server');
    expect(failure.message).not.toContain(KEY);
    expect(other.received).toEqual([]);
    expect(server.received).toHaveLength(1);
  });

  test('within a server is followed, and not in a circle', async () => {
    const moved: Behaviour = {
      does: 'reply',
      status: 307,
      headers: { location: '/v1/chat/completions/' },
      chunks: [],
    };
    const { policy, server } = await policyAt([moved]);
    expect(textOf(policy, (await ask(policy))[0])).toBe('ok');
    expect(server.received[1]?.body).toEqual(server.received[0]?.body);
    expect(server.received[1]?.headers.authorization).toBe(`Bearer ${KEY}`);
    const circle = await policyAt(Array(9).fill(moved));
    expect(await failureOf(circle.policy)).toMatchObject({ code: 'remote-redirect' });
  });
});

describe('a key that comes back', () => {
  const long = 'x'.repeat(380);
  test.each([
    [{ does: 'status', status: 400, message: `bad ${KEY}`, code: KEY }],
    [{ does: 'reply', status: 500, chunks: [`<p>Bearer ${KEY}</p>`] }],
    [{ does: 'reply', status: 400, chunks: [`${long} ${KEY}`] }],
    [{ does: 'reply', status: 400, chunks: [`cut by the server: ${KEY.slice(0, 20)}`] }],
    [{ does: 'reply', chunks: [`<html>${KEY}`] }],
    [{ does: 'reply', chunks: [`{"${KEY}": 1}`] }],
    [{ does: 'reply', chunks: [`${piece('Tw')}data: gone ${KEY}\n\n`] }],
    [{ does: 'reply', chunks: [`${piece('Tw')}data: {"error": "${KEY}"}\n\n`] }],
  ] satisfies [Behaviour][])('in %j is in no message', async (behaviour) => {
    const { policy } = await policyAt([behaviour, behaviour], { attempts: 2 });
    const failure = await failureOf(policy);
    const said = `${failure.stack} ${JSON.stringify(failure)} ${String(failure.cause)} ${log.join()}`;
    expect(said).toContain('[API key]');
    expect(said).not.toContain(KEY.slice(0, 12));
  });

  test('in an answer is in no answer and in no file, also in pieces', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'loci-answers-'));
    const chunks = [
      `data: ${JSON.stringify({ model: KEY, choices: [{ delta: { reasoning_content: KEY } }] })}\n\n`,
      ...[...`It is ${KEY}.`].map(piece),
      'data: [DONE]\n\n',
    ];
    const { policy } = await policyAt([{ does: 'reply', chunks }], { cache });
    const [answer] = await ask(policy);
    expect(answer?.answer).toBe('It is [API key].');
    expect(textOf(policy, answer)).toBe('<think>[API key]</think>It is [API key].');
    const files = readdirSync(cache, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
    expect(files).toHaveLength(1);
    expect(files.join()).not.toContain(KEY);
  });
});
