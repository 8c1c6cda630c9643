import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createChatTemplate } from '../../src/text/chat-template.ts';
import { createTextCodec } from '../../src/text/tokenizer.ts';
import { buildWordTokenizer, MAP_PIECES } from '../../src/text/word-tokenizer.ts';

const trace =
  '<think><map>{"chair":[[2,4],[1,9]],"desk":[[5,5]]}</map> "chair":[[2,4]] left\n3.5 m</think><answer>A</answer>';
const built = buildWordTokenizer({ texts: ['how many chair are there? A. desk', trace] });
const codec = createTextCodec(built.tokenizer, built.tokenizerConfig);
const pieces = (text: string) => [...codec.encode(text)].map((id) => codec.decode([id]));

describe('word tokenizer', () => {
  test('a word, a digit, a tag, a piece of a map is one token', () => {
    expect(pieces('<map>{"chair":[[12,4],[1,9]],"desk":[[5,5]]}</map>')).toEqual([
      '<map>',
      '{',
      '"',
      'chair',
      '":',
      '[[',
      '1',
      '2',
      ',',
      '4',
      '],[',
      '1',
      ',',
      '9',
      ']]',
      ',"',
      'desk',
      '":',
      '[[',
      '5',
      ',',
      '5',
      ']]',
      '}',
      '</map>',
    ]);
    expect(pieces('how many  chair?\n')).toEqual(['how', ' many', ' ', ' chair', '?', '\n']);
  });

  test('text comes back exactly, unknown words included', () => {
    for (const text of [trace, 'A zebra, 12.75 m away!', ' two  spaces ', 'x .y ,z']) {
      expect(codec.decode(codec.encode(text))).toBe(text);
    }
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        expect(codec.decode(codec.encode(text))).toBe(text);
      }),
      { numRuns: 200 },
    );
  });

  test('tokens of the model are special, tags are text', () => {
    const { eos, pad, video } = built.tokens;
    const ids = codec.encode('<answer>A</answer><|im_end|><|video_pad|>');
    expect([...ids].slice(-2)).toEqual([eos[0], video]);
    expect(codec.decode([...ids, pad])).toBe('<answer>A</answer>');
  });

  test('ids do not depend on the order of the texts', () => {
    const texts = ['a lamp', 'two sofas here', trace];
    expect(buildWordTokenizer({ texts: [...texts].reverse() })).toEqual(
      buildWordTokenizer({ texts }),
    );
  });

  test('longer pieces win over shorter ones', () => {
    const longer = buildWordTokenizer({ texts: [trace], pieces: [...MAP_PIECES, '":[['] });
    const own = createTextCodec(longer.tokenizer, longer.tokenizerConfig);
    expect([...own.encode('chair":[[2')].map((id) => own.decode([id]))).toEqual([
      'chair',
      '":[[',
      '2',
    ]);
  });

  test('the chat template opens the turn of the assistant', () => {
    const template = createChatTemplate(
      (built.tokenizerConfig as { chat_template: string }).chat_template,
    );
    const media = { kind: 'video', path: '/a.mp4' } as const;
    expect(
      template([
        {
          role: 'user',
          parts: [
            { type: 'media', media },
            { type: 'text', text: 'how many?' },
          ],
        },
      ]),
    ).toBe(
      '<|im_start|>user\n<|vision_start|><|video_pad|><|vision_end|>how many?<|im_end|>\n<|im_start|>assistant\n',
    );
  });
});
