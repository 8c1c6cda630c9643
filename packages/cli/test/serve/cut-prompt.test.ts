import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cutCompletion, cutPrompt } from '../../src/serve/cut-prompt.ts';
import { EXPANDED, PROMPT } from './wire-text.ts';

describe('cutPrompt', () => {
  test('cuts the prompt off the start and the end token off the end', () => {
    expect(cutPrompt(`${PROMPT}four<|im_end|>`, PROMPT)).toEqual({
      text: 'four',
      finishReason: 'stop',
    });
    expect(cutPrompt(`${PROMPT}four`, PROMPT)).toEqual({ text: 'four', finishReason: 'length' });
    const padded = `${PROMPT}four<|im_end|>${'<|endoftext|>'.repeat(3)}`;
    expect(cutPrompt(padded, PROMPT)?.text).toBe('four');
  });

  test('placeholders of images and videos may be expanded', () => {
    expect(cutPrompt(`${EXPANDED}four<|im_end|>`, PROMPT)?.text).toBe('four');
    const two = 'a<|image_pad|>b<|image_pad|>c';
    expect(cutPrompt('a<|image_pad|><|image_pad|>b<|image_pad|>cd', two)?.text).toBe('d');
    expect(cutPrompt('a<|image_pad|>bcd', two)).toBeUndefined();
  });

  test('a prompt that the tokenizer composed is found', () => {
    expect(cutPrompt('caf\u00e9: yes', 'cafe\u0301: ')?.text).toBe('yes');
  });

  test.each([
    '<|endoftext|>',
    '<pad>',
    '<|pad|>',
    '[PAD]',
    '<|vision_pad|>',
    '<|finetune_right_pad_id|>',
    '</s>',
  ])('padding of %s is passed over on both sides', (pad) => {
    const some = pad.repeat(3);
    const cut = { text: 'four', finishReason: 'stop' };
    expect(cutPrompt(`${some}${PROMPT}four<|im_end|>`, PROMPT)).toEqual(cut);
    expect(cutPrompt(`${some}${EXPANDED}four<|im_end|>${some}`, PROMPT)).toEqual(cut);
    expect(cutPrompt(`${some}${PROMPT}four<|im_end|>`, `${pad}${PROMPT}`)).toEqual(cut);
    expect(cutPrompt(`${PROMPT}four<|im_end|>`, `${some}${PROMPT}`)).toEqual(cut);
    expect(cutPrompt(`${PROMPT}${some}four<|im_end|>\n${some}`, PROMPT)).toEqual(cut);
    expect(cutCompletion(`${some}four<|im_end|>${some}`)).toEqual(cut);
  });

  test('padding does not end a completion, and a begin-of-text token counts as padding', () => {
    expect(cutPrompt(`${PROMPT}fou[PAD][PAD]`, PROMPT)).toEqual({
      text: 'fou',
      finishReason: 'length',
    });
    expect(cutPrompt(`<unk><s>${PROMPT}four</s>`, PROMPT)?.text).toBe('four');
  });

  test('a query that does not start with its prompt is rejected', () => {
    expect(cutPrompt('four', PROMPT)).toBeUndefined();
    expect(cutPrompt(PROMPT.slice(5), PROMPT)).toBeUndefined();
  });

  test('any completion without special tokens comes back whole', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (completion, prompt) => {
        fc.pre(!/[<|>]/.test(completion) && !/[<|>]/.test(prompt));
        expect(cutPrompt(`${prompt}${completion}</s>`, prompt)?.text).toBe(completion);
      }),
    );
  });

  test('a hundred thousand placeholders take no time to speak of', () => {
    const many = '<|image_pad|>'.repeat(100_000);
    expect(cutPrompt(`${many}x`, '<|image_pad|>')?.text.length).toBe(1);
    expect(cutPrompt(many, `${many}x`) === undefined).toBe(true);
    expect(cutPrompt(`x${'</s>'.repeat(100_000)}`, '')?.text.length).toBe(1);
    expect(cutPrompt(`${'<pad>'.repeat(50_000)}${PROMPT}x`, PROMPT)?.text).toBe('x');
  });
});
