/** Answers in all the forms in which servers send them. */
import { readdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { Behaviour } from './misbehaving-server.ts';
import { ask, failureOf, policies, textOf } from './policy-at.ts';

const { policyAt, log } = policies();

const SSE = { 'content-type': 'text/event-stream' };
const JSON_TYPE = { 'content-type': 'application/json' };
const events = (...pieces: readonly unknown[]) =>
  pieces
    .map((piece) => `data: ${typeof piece === 'string' ? piece : JSON.stringify(piece)}\n\n`)
    .join('');
const delta = (content: unknown, finish: string | null = null, rest: object = {}) => ({
  choices: [{ index: 0, delta: { content }, finish_reason: finish }],
  ...rest,
});
const whole = (message: object, rest: object = {}) =>
  JSON.stringify({ model: 'm-1', choices: [{ message, finish_reason: 'stop' }], ...rest });
const reply = (text: string, headers: Record<string, string> = SSE): Behaviour => ({
  does: 'reply',
  headers,
  chunks: [text],
});

describe('streams', () => {
  const streams: readonly [string, Behaviour][] = [
    [
      'a first piece with a partial usage',
      reply(
        events(delta('Two', null, { usage: { prompt_tokens: 7 } }), delta('', 'stop'), '[DONE]'),
      ),
    ],
    [
      'usage that is null, of other types, or in a piece of its own',
      reply(
        events(
          delta('Two', null, { usage: null }),
          delta('', 'stop', { usage: { prompt_tokens: -1, completion_tokens: 'many' } }),
          { usage: { prompt_tokens: 3, completion_tokens: 1 } },
        ),
      ),
    ],
    [
      'pieces without choices, with none, and of other things',
      reply(
        events(
          { id: 'x', object: 'chat.completion.chunk' },
          { type: 'ping' },
          delta('Two'),
          { choices: [] },
          { choices: null },
          'null',
          '17',
          delta('', 'stop'),
        ),
      ),
    ],
    ['finish_reason null throughout, then [DONE]', reply(events(delta('Two'), '[DONE]'))],
    ['a finish_reason and no [DONE]', reply(events(delta('Two', 'stop')))],
    [
      'finish_reason left out',
      reply(events({ choices: [{ delta: { content: 'Two' } }] }, '[DONE]')),
    ],
    [
      'no line break after the last line',
      reply(`data: ${JSON.stringify(delta('Two'))}\n\ndata: [DONE]`),
    ],
    [
      'carriage returns, comments, other fields, data without a space, a byte-order mark',
      reply(
        `\uFEFF: hello\r\n\r\nid: 1\r\nevent: message\r\nretry: 5\r\ndata:${JSON.stringify(delta('Two'))}\r\n\r\n: ping\r\n\r\ndata:[DONE]\r\n\r\n`,
      ),
    ],
    ['carriage returns alone', reply(events(delta('Two'), '[DONE]').replaceAll('\n', '\r'))],
    [
      'data over several lines',
      reply(
        `data: {"choices": [{"delta":\ndata: {"content": "Two"}, "finish_reason": "stop"}]}\n\n`,
      ),
    ],
    [
      'events with no blank line between them',
      reply(
        `data: ${JSON.stringify(delta('T'))}\ndata: ${JSON.stringify(delta('wo'))}\ndata: [DONE]\n`,
      ),
    ],
    [
      'empty events and remarks',
      reply(`event: ping\ndata:\n\ndata: keep-alive\n\n${events(delta('Two'), '[DONE]')}`),
    ],
    [
      'one byte at a time',
      {
        does: 'reply',
        headers: SSE,
        chunks: [...Buffer.from(events(delta('Two'), '[DONE]'))].map((byte) => Buffer.of(byte)),
      },
    ],
    [
      'a connection that stays open after [DONE]',
      {
        does: 'reply',
        headers: SSE,
        chunks: [events(delta('Two'), '[DONE]')],
        staysOpen: true,
      },
    ],
    [
      'a whole message after its pieces',
      reply(
        events(delta('T'), delta('wo'), {
          choices: [{ message: { content: 'Two' }, finish_reason: 'stop' }],
        }),
      ),
    ],
    [
      'a finish_reason in every piece',
      {
        does: 'reply',
        headers: SSE,
        chunks: [events(delta('T', 'stop')), ': ping\n\n', events(delta('wo', 'stop'))],
        everyMs: 1200,
      },
    ],
    [
      'numbers that are no JSON',
      reply(
        events(delta('Two', null, { logprob: 0 }), '[DONE]').replace(
          '"logprob":0',
          '"logprob":-Infinity',
        ),
      ),
    ],
    [
      'an error that is none',
      reply(events(delta('Two', 'stop', { error: { message: null, code: '' } }), '[DONE]')),
    ],
    ['content as parts', reply(events(delta([{ type: 'text', text: 'Two' }]), '[DONE]'))],
    ['plain JSON', reply(whole({ content: 'Two' }), JSON_TYPE)],
    ['plain JSON under the type of a stream', reply(whole({ content: 'Two' }))],
    [
      'one JSON object a line',
      reply(`${JSON.stringify(delta('T'))}\n${JSON.stringify(delta('wo', 'stop'))}\n`),
    ],
    [
      'compressed, though nobody asked for it',
      {
        does: 'reply',
        headers: { ...SSE, 'content-encoding': 'gzip' },
        chunks: [gzipSync(events(delta('Two'), '[DONE]'))],
      },
    ],
  ];
  test.each(streams)('%s: taken', async (_name, behaviour) => {
    const { policy, server } = await policyAt([behaviour], { silenceSeconds: 10 });
    const [answer] = await ask(policy);
    expect(textOf(policy, answer)).toBe('Two');
    expect(answer?.finishReason).toBe('stop');
    expect(server.received).toHaveLength(1);
    expect(log).toEqual([]);
  });

  test('counts are taken piece by piece', async () => {
    const pieces = [
      delta('Two', null, { usage: { prompt_tokens: 7, completion_tokens: null } }),
      delta('', 'stop', { usage: { completion_tokens: 3 } }),
    ];
    const { policy } = await policyAt([reply(events(...pieces))]);
    const [answer] = await ask(policy);
    expect(answer?.usage).toMatchObject({ promptTokens: 7, completionTokens: 3 });
  });

  test.each([
    ['neither an end sign nor a finish_reason', events(delta('Two'))],
    ['a remark in place of the rest', `${events(delta('Two'))}data: upstream gone\n\n`],
  ])('%s: never kept as an answer', async (_name, text) => {
    const cache = await mkdtemp(join(tmpdir(), 'loci-answers-'));
    const { policy, server } = await policyAt([reply(text), reply(text)], { attempts: 2, cache });
    const failure = await failureOf(policy);
    expect(failure).toMatchObject({ code: 'remote-unavailable' });
    expect(failure.message).toMatch(/its answer broke off.*set stream: false/u);
    expect(server.received).toHaveLength(2);
    expect(readdirSync(cache)).toEqual([]);
  });
});

test('a stream to a request for whole JSON is read', async () => {
  const { policy } = await policyAt([reply(events(delta('Two'), '[DONE]'))], { stream: false });
  expect(textOf(policy, (await ask(policy))[0])).toBe('Two');
});

test.each([
  ['a page', '<!doctype html><title>Sign in</title><script>x()</script>', 'a page .*Sign in'],
  ['plain text', 'OK', 'plain text .*OK'],
])('%s in place of an answer is named at once', async (_name, body, message) => {
  const { policy, server } = await policyAt([reply(body, { 'content-type': 'text/html' })]);
  const failure = await failureOf(policy);
  expect(failure.code).toBe('remote-refused');
  expect(failure.message).toMatch(new RegExp(message, 'u'));
  expect(failure.message).not.toContain('x()');
  expect(server.received).toHaveLength(1);
});

test('JSON of another interface is named by its fields', async () => {
  const other = reply('{"message": {"content": "Two"}, "done": true}', JSON_TYPE);
  const { policy } = await policyAt([other], { attempts: 1 });
  const failure = await failureOf(policy);
  expect(failure.message).toMatch(/no chat completion \(its fields: message, done\).*See baseUrl/u);
});
