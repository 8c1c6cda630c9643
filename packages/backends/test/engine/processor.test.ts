import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { placeMedia } from '@loci/core';
import type { MediaReference, Message, MessagePart } from '@loci/core';
import { parseModel, writeModelConfig } from '../../src/models/index.ts';
import { createProcessor } from '../../src/engine/processor.ts';
import { buildWordTokenizer, writeWordTokenizer } from '../../src/text/word-tokenizer.ts';
import { DEFAULT_FRAME_SETTINGS } from '@loci/media';
import { tinyConfigJson } from '../support/tiny-config.ts';
import { writeTinyVideo } from '@loci/media/testing';

const built = buildWordTokenizer({ texts: ['how many chairs are there?'] });
const base = tinyConfigJson();
const { tokens } = built;
const tiny = parseModel({
  ...base,
  vocab_size: built.vocabularySize,
  bos_token_id: tokens.bos,
  eos_token_id: tokens.eos,
  pad_token_id: tokens.pad,
  vision_start_token_id: tokens.visionStart,
  vision_end_token_id: tokens.visionEnd,
  image_token_id: tokens.image,
  video_token_id: tokens.video,
});
let folder: string;
let ask: readonly Message[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loci-processor-'));
  await writeModelConfig(folder, tiny);
  await writeWordTokenizer(folder, built);
  const video = { fps: 4, minFrames: 8, maxFrames: 8, minPixels: 784, maxPixels: 84 * 56 };
  await tiny.prompts.writeFrameSettings(folder, { ...DEFAULT_FRAME_SETTINGS, video });
  const path = join(folder, 'clip.mp4');
  await writeTinyVideo(path, { frames: 8, fps: 4, width: 84, height: 56 });
  ask = [
    {
      role: 'user',
      parts: [
        { type: 'media', media: { kind: 'video', path } },
        { type: 'text', text: 'how many chairs?' },
      ],
    },
  ];
});
afterAll(() => rm(folder, { recursive: true }));

describe('processor', () => {
  test('placeholders are expanded to the tokens of the medium', async () => {
    const processor = await createProcessor(folder);
    const { tokenIds, media } = await processor.encode(ask);
    expect(media.map(({ grid }) => grid)).toEqual([[4, 4, 6]]);
    expect([...tokenIds].filter((id) => id === tiny.tokens.video)).toHaveLength(24);
    expect(() => tiny.prompts.positions(tokenIds, media, '4.49')).not.toThrow();
    expect(processor.vocabularySize).toBe(built.vocabularySize);
    expect(processor.stopTokenIds).toEqual([tiny.tokens.eos[0], tiny.tokens.pad]);
  });

  test('treatments change the pixels and not the tokens', async () => {
    const processor = await createProcessor(folder);
    const filmed = await processor.encode(ask);
    const blank = await processor.encode(ask, { kind: 'blank' });
    const shuffled = await processor.encode(ask, { kind: 'shuffled', seed: 3 });
    expect(blank.tokenIds).toEqual(filmed.tokenIds);
    expect(blank.media[0]!.patches).not.toEqual(filmed.media[0]!.patches);
    expect(shuffled.media[0]!.patches).not.toEqual(filmed.media[0]!.patches);
    const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);
    expect(sum(shuffled.media[0]!.patches)).toBeCloseTo(sum(filmed.media[0]!.patches), -1);
  });

  test('several media are encoded in the order of the text, and all count against the limit', async () => {
    const [{ media: clip }] = ask[0]!.parts as [Extract<MessagePart, { type: 'media' }>];
    const still: MediaReference = { kind: 'image', path: clip.path, second: 0 };
    const parts = placeMedia('<image> how many <video> chairs? <image>', [clip, still, still]);
    const processor = await createProcessor(folder);
    const { tokenIds, media } = await processor.encode([{ role: 'user', parts }]);
    expect(media.map(({ kind }) => kind)).toEqual(['image', 'video', 'image']);
    const pads = [...tokenIds].filter((id) => id === tiny.tokens.image || id === tiny.tokens.video);
    const { mergeSize } = tiny.vision;
    const expected = media.flatMap(({ kind, grid }) =>
      new Array<number>((grid[0] * grid[1] * grid[2]) / mergeSize ** 2).fill(tiny.tokens[kind]),
    );
    expect(pads).toEqual(expected);
    expect(() => tiny.prompts.positions(tokenIds, media, '4.49')).not.toThrow();
    const tight = await createProcessor(folder, { maxPromptTokens: tokenIds.length - 1 });
    await expect(tight.encode([{ role: 'user', parts }])).rejects.toMatchObject({
      code: 'prompt-too-long',
      details: { mediaTokens: pads.length },
    });
  });

  test('a prompt that does not fit is refused with counts', async () => {
    const processor = await createProcessor(folder, { maxPromptTokens: 30 });
    await expect(processor.encode(ask)).rejects.toMatchObject({
      code: 'prompt-too-long',
      message: expect.stringMatching(/\d\d tokens, 24 of them media; the limit is 30/),
    });
  });

  test('placeholders in the text of a message are refused', async () => {
    const processor = await createProcessor(folder);
    const text = 'see <|video_pad|>';
    await expect(
      processor.encode([{ role: 'user', parts: [{ type: 'text', text }] }]),
    ).rejects.toMatchObject({ code: 'media-mismatch' });
  });

  test('a damaged video is named', async () => {
    const processor = await createProcessor(folder);
    const path = join(folder, 'broken.mp4');
    await writeFile(path, 'no video');
    await expect(
      processor.encode([
        { role: 'user', parts: [{ type: 'media', media: { kind: 'video', path } }] },
      ]),
    ).rejects.toMatchObject({ code: 'media-unreadable', message: expect.stringContaining(path) });
  });

  test('completions come back without stop and padding tokens', async () => {
    const processor = await createProcessor(folder);
    const ids = processor.tokenize('<answer>2 chairs</answer><|im_end|><|endoftext|>');
    expect(processor.detokenize(ids)).toBe('<answer>2 chairs</answer>');
    expect(processor.detokenize(new Int32Array())).toBe('');
  });

  test('a folder without a tokenizer is named', async () => {
    const empty = await mkdtemp(join(folder, 'empty-'));
    await writeModelConfig(empty, tiny);
    await expect(createProcessor(empty)).rejects.toThrow(join(empty, 'tokenizer.json'));
  });
});

describe('tokenizer and template of a folder', () => {
  const { chat_template: template, ...others } = built.tokenizerConfig as { chat_template: string };
  async function variant(files: Readonly<Record<string, unknown>>) {
    const own = await mkdtemp(join(folder, 'variant-'));
    await writeModelConfig(own, tiny);
    await writeWordTokenizer(own, built);
    for (const [name, content] of Object.entries(files)) {
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      await writeFile(join(own, name), text);
    }
    return createProcessor(own);
  }

  test('that do not know the placeholders of the config are refused before the first video', async () => {
    const definition = built.tokenizer as { added_tokens: readonly { content: string }[] };
    const added_tokens = definition.added_tokens.filter(
      ({ content }) => !/video_pad/.test(content),
    );
    const refusal = {
      code: 'model-file',
      message: expect.stringMatching(/placeholders \[\d+\], but config\.json has \[\d+, \d+\]/),
    };
    await expect(
      variant({ 'tokenizer.json': { ...definition, added_tokens } }),
    ).rejects.toMatchObject(refusal);
    const image = template.replaceAll('<|video_pad|>', '');
    await expect(variant({ 'chat_template.jinja': image })).rejects.toMatchObject(refusal);
  });

  test('a template may write tokens by their role, as text or as an object', async () => {
    const plain = await variant({});
    const expected = plain.tokenize('<|im_end|><|endoftext|>');
    const processor = await variant({
      'tokenizer_config.json': { ...others, pad_token: { content: '<|endoftext|>' } },
      'chat_template.json': { chat_template: `{{ eos_token }}{{ pad_token }}${template}` },
    });
    const { tokenIds } = await processor.encode([{ role: 'user', parts: [] }]);
    expect([...tokenIds.subarray(0, 2)]).toEqual([...expected]);
  });

  test.each([
    ['refuses a conversation', '{{ raise_exception("only text") }}', /template of .*: only text/],
    ['has another form', { chat_template: 7 }, /chat_template\.json: "chat_template" must be/],
  ])('a template that %s is named', async (_, content, message) => {
    const name = typeof content === 'string' ? 'chat_template.jinja' : 'chat_template.json';
    await expect(variant({ [name]: content })).rejects.toMatchObject({
      code: 'model-file',
      message: expect.stringMatching(message),
    });
  });

  test('what the template opens of the answer is told, and is the end of the prompt', async () => {
    const header = '<|im_start|>assistant\n';
    const opening = template.replace(header, `${header}<think>\n`);
    const question = [{ role: 'user', parts: [{ type: 'text', text: 'how many?' }] }] as const;
    const plain = await (await variant({})).encode(question);
    expect(plain.opened).toBeUndefined();
    const processor = await variant({ 'chat_template.jinja': opening });
    const { opened, tokenIds } = await processor.encode(question);
    expect(opened).toBe('<think>\n');
    expect([...tokenIds]).toEqual([...plain.tokenIds, ...processor.tokenize('<think>\n')]);
  });

  test('tags among special tokens stay in the text of a completion', async () => {
    const definition = built.tokenizer as { added_tokens: readonly object[] };
    const added_tokens = definition.added_tokens.map((token) => ({ ...token, special: true }));
    const processor = await variant({ 'tokenizer.json': { ...definition, added_tokens } });
    const text = '<think></think><answer>2 chairs</answer>';
    expect(processor.detokenize(processor.tokenize(`<|vision_end|>${text}<|im_end|>`))).toBe(text);
  });

  test.each(['eos_token_id', 'pad_token_id'])(
    'a tag that is the %s is refused: no reward would read it',
    async (key) => {
      const { tokenizer } = built as { tokenizer: { model?: { vocab: Record<string, number> } } };
      const id = tokenizer.model!.vocab['</answer>']!;
      const given = key === 'eos_token_id' ? [tiny.tokens.eos[0], id] : id;
      await expect(variant({ 'generation_config.json': { [key]: given } })).rejects.toMatchObject({
        code: 'model-file',
        message: expect.stringMatching(
          new RegExp(`generation_config\\.json: "${key}" holds ${id}, which is </answer>`),
        ),
      });
    },
  );

  test('a pointer of git-lfs is told from a tokenizer', async () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\n';
    await expect(variant({ 'tokenizer.json': pointer })).rejects.toThrow(/git lfs pull/);
  });
});
