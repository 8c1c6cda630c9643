/** What chat templates open of an answer, found by rendering; templates of Qwen as published, and of other forms. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Message } from '@loci/core';
import { createChatTemplate } from '../../src/text/chat-template.ts';
import { openedReader } from '../../src/text/opened-text.ts';
import { buildWordTokenizer } from '../../src/text/word-tokenizer.ts';

const say = (role: Message['role'], text: string): Message => ({
  role,
  parts: [{ type: 'text', text }],
});
const QUESTION = [say('user', 'How many chairs?')];
const VIDEO: readonly Message[] = [
  { role: 'user', parts: [{ type: 'media', media: { kind: 'video', path: 'a.mp4' } }] },
];
const CONVERSATIONS: readonly (readonly Message[])[] = [
  QUESTION,
  VIDEO,
  [say('system', 'Be brief.'), ...QUESTION],
  [...QUESTION, say('assistant', '<think>hm</think>Two.'), say('user', 'And tables?')],
];

/** What a template opens in each conversation that it takes. */
function opened(source: string, conversations = CONVERSATIONS): readonly (string | undefined)[] {
  const render = createChatTemplate(source);
  const read = openedReader(render);
  return conversations.map((messages) => read(render(messages)));
}

const file = (path: string): string => readFileSync(join(import.meta.dirname, path), 'utf8');
const qwen25 = (JSON.parse(file('vectors/qwen.json')) as { template: string }).template;
const [instruct, thinking] = ['instruct', 'thinking'].map((kind) =>
  file(`../models/qwen3-vl/templates/${kind}.jinja`),
) as [string, string];
const own = (buildWordTokenizer({ texts: [] }).tokenizerConfig as { chat_template: string })
  .chat_template;
const OWN_HEADER = '<|im_start|>assistant\n{% endif %}';
const opening = (text: string) => own.replace(OWN_HEADER, OWN_HEADER.replace('{%', `${text}{%`));

describe('nothing is opened by', () => {
  test.each([
    ['Qwen2.5-VL', qwen25],
    ['Qwen3-VL Instruct', instruct],
    ['our own models', own],
    ['a template that writes only white space', opening('\n')],
  ])('%s', (_, source) => {
    expect(opened(source)).toEqual(CONVERSATIONS.map(() => undefined));
  });
});

describe('the opened text', () => {
  test('of Qwen3-VL Thinking is its tag', () => {
    expect(opened(thinking)).toEqual(CONVERSATIONS.map(() => '<think>\n'));
  });

  test.each(['<think>', '<think>\n', '<answer>', '<think>\n\n</think>\n\n', 'Let us see: <map>'])(
    'may be any: %j',
    (text) => {
      expect(opened(opening(text))).toEqual(CONVERSATIONS.map(() => text));
    },
  );

  test('begins with what can be read', () => {
    expect(opened(opening('\n<think>\n'), [QUESTION])).toEqual(['<think>\n']);
  });

  const parts = "{% for part in message['content'] %}{{ part['text'] }}{% endfor %}";
  const loop = (body: string, end: string) =>
    `{% for message in messages %}${body}{% endfor %}{% if add_generation_prompt %}${end}{% endif %}`;

  test.each([
    [
      'other headers',
      loop(
        `{% if message['role'] == 'user' %}USER: ${parts} {% else %}ASSISTANT: ${parts}</s>{% endif %}`,
        'ASSISTANT: <scratchpad>',
      ),
    ],
    [
      'roles of another name',
      loop(
        `<start_of_turn>{{ 'model' if message['role'] == 'assistant' else 'user' }}\n${parts}<end_of_turn>\n`,
        '<start_of_turn>model\n<scratchpad>',
      ),
    ],
    [
      'the opened text before earlier answers too',
      loop(
        `<|im_start|>{{ message['role'] }}\n{% if message['role'] == 'assistant' %}<scratchpad>{% endif %}${parts}<|im_end|>\n`,
        '<|im_start|>assistant\n<scratchpad>',
      ),
    ],
    [
      'no earlier answers',
      "{% if messages | length > 1 %}{{ raise_exception('one question only') }}{% endif %}" +
        loop(`<|im_start|>user\n${parts}<|im_end|>\n`, '<|im_start|>assistant\n<scratchpad>'),
    ],
    [
      'the header always',
      `${loop(`<|im_start|>{{ message['role'] }}\n${parts}<|im_end|>\n`, '')}<|im_start|>assistant\n<scratchpad>`,
    ],
  ])('is found in a template with %s', (_, source) => {
    expect(opened(source, [QUESTION])).toEqual(['<scratchpad>']);
  });

  test('may depend on the question', () => {
    const source = opening(
      "<think>\n{% if '/no_think' in messages[0]['content'][0]['text'] %}</think>\n\n{% endif %}",
    );
    const questions = [QUESTION, [say('user', 'How many? /no_think')]];
    expect(opened(source, questions)).toEqual(['<think>\n', '<think>\n</think>\n\n']);
  });
});
