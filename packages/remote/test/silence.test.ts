/** Replies that say nothing, and thinking beside what is said. */
import { readdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Behaviour } from './misbehaving-server.ts';
import { ask, failureOf, policies, textOf } from './policy-at.ts';

const { policyAt } = policies();

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

describe('an answer without a text', () => {
  const cases: readonly [string, string][] = [
    ['empty content', whole({ content: '' })],
    ['null content', whole({ content: null })],
    ['no content', whole({ role: 'assistant' })],
    ['no message', JSON.stringify({ choices: [{ finish_reason: 'stop' }] })],
    ['white space', whole({ content: ' \n\t\u200b' })],
    ['a token that ends the turn', whole({ content: '<|im_end|>' })],
    ['empty parts', whole({ content: [{ type: 'text', text: '' }] })],
    ['no parts', whole({ content: [] })],
    ['no choices', JSON.stringify({ choices: [] })],
    ['choices that are null', JSON.stringify({ choices: null })],
    ['thinking sent apart', whole({ content: '', reasoning_content: 'Hm.' })],
    ['thinking in its text', whole({ content: '<think>Hm.</think>\n' })],
    ['a stream of nothing', events(delta(''), delta(null, 'stop'), '[DONE]')],
    ['a stream of thinking', events({ choices: [{ delta: { reasoning: 'Hm' } }] }, '[DONE]')],
    ['only [DONE]', events({ choices: [] }, '[DONE]')],
    ['no body', ''],
  ];
  test.each(cases)('%s: is none, is asked once more, and is not kept', async (_name, body) => {
    const cache = await mkdtemp(join(tmpdir(), 'loci-answers-'));
    const { policy, server } = await policyAt(Array(9).fill(reply(body, {})), { cache });
    const failure = await failureOf(policy);
    expect(failure).toMatchObject({ code: 'remote-empty', concerns: 'item' });
    expect(server.received).toHaveLength(2);
    expect(readdirSync(cache)).toEqual([]);
  });

  test('that used up its tokens says what to allow, and is not asked again', async () => {
    const body = JSON.stringify({
      choices: [{ message: { content: '', reasoning_content: 'Hm' }, finish_reason: 'length' }],
    });
    const { policy, server } = await policyAt([reply(body, JSON_TYPE)]);
    const failure = await failureOf(policy);
    expect(failure).toMatchObject({ code: 'remote-empty', concerns: 'item' });
    expect(failure.message).toMatch(/tokens in thinking.*--max-new-tokens/u);
    expect(server.received).toHaveLength(1);
  });

  test('may have one the second time', async () => {
    const { policy } = await policyAt([{ does: 'answer', text: '' }]);
    expect(textOf(policy, (await ask(policy))[0])).toBe('ok');
  });
});

describe('thinking is told from the answer', () => {
  const cases: readonly [string, object, string, string][] = [
    [
      'in the text',
      { content: '<think>Is it <answer>A</answer>?</think>\n\nB' },
      'B',
      '<think>Is it <answer>A</answer>?</think>\n\nB',
    ],
    [
      'opened by the template',
      { content: 'Four legs.</think>B' },
      'B',
      '<think>Four legs.</think>B',
    ],
    [
      'apart and before blank lines',
      { content: '\n\nB', reasoning_content: 'Four.' },
      'B',
      '<think>Four.</think>B',
    ],
    [
      'apart under two names',
      { content: 'B', reasoning_content: 'Four.', reasoning: 'Four.' },
      'B',
      '<think>Four.</think>B',
    ],
    [
      'as parts',
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'Four.' }] },
          { type: 'text', text: 'B' },
        ],
      },
      'B',
      '<think>Four.</think>B',
    ],
  ];
  test.each(cases)('%s', async (_name, message, answer, text) => {
    const { policy } = await policyAt([reply(whole(message), JSON_TYPE)]);
    const [completion] = await ask(policy);
    expect(completion?.answer).toBe(answer);
    expect(textOf(policy, completion)).toBe(text);
  });

  test('an answer that is cut without saying so is cut', async () => {
    const usage = { prompt_tokens: 1, completion_tokens: 64 };
    const { policy } = await policyAt([reply(events(delta('B is', null, { usage }), '[DONE]'))]);
    expect((await ask(policy))[0]?.finishReason).toBe('length');
  });
});
