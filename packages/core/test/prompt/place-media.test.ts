import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compact } from '../../src/prompt/compact.ts';
import { countMarkers, countMedia, placeMedia } from '../../src/prompt/place-media.ts';
import type { MediaReference, MessagePart, PromptTemplate } from '../../src/spec/index.ts';
import { fakeSample } from '../../src/testing/index.ts';

const video = (path: string): MediaReference => ({ kind: 'video', path });
const image = (path: string): MediaReference => ({ kind: 'image', path });

/** Text as it is, media by their path in brackets. */
const shown = (parts: readonly MessagePart[]): string =>
  parts.map((part) => (part.type === 'text' ? part.text : `[${part.media.path}]`)).join('');

describe('media in a text', () => {
  test('come first where the text has no markers, in their order', () => {
    const parts = placeMedia('Which room?', [video('a'), image('b'), video('c')]);
    expect(shown(parts)).toBe('[a][b][c]Which room?');
    expect(parts.map(({ type }) => type)).toEqual(['media', 'media', 'media', 'text']);
    expect(placeMedia('Which room?', [])).toEqual([{ type: 'text', text: 'Which room?' }]);
  });

  test('stand at the markers of their kind, each in its turn', () => {
    const media = [video('film'), image('first'), image('second')];
    expect(shown(placeMedia('<image>\nor <image>, in <video>?', media))).toBe(
      '[first]\nor [second], in [film]?',
    );
  });

  test('that no marker is left for come before the text', () => {
    const media = [image('one'), image('two'), video('film')];
    expect(shown(placeMedia('Is <image> in it?', media))).toBe('[one][film]Is [two] in it?');
  });

  test('a marker without a medium is a word', () => {
    const text = 'Does <video> or <image> embed a film?';
    expect(shown(placeMedia(text, [image('page')]))).toBe('Does <video> or [page] embed a film?');
    expect(shown(placeMedia('<image> <image>', [image('page')]))).toBe('[page]<image> <image>');
  });

  test('each is read as asked for it', () => {
    const frames = { fps: 1, maxFrames: 4 };
    const parts = placeMedia('', [video('a'), image('b')], ({ kind }) =>
      kind === 'video' ? frames : undefined,
    );
    expect(parts).toEqual([
      { type: 'media', media: video('a'), frames },
      { type: 'media', media: image('b') },
    ]);
  });

  test('every medium is shown once, in order within its kind, and no other text is lost', () => {
    const kind = fc.constantFrom('video' as const, 'image' as const);
    const piece = fc.constantFrom('<video>', '<image>', 'a', '<', '>', '\n');
    fc.assert(
      fc.property(fc.array(kind), fc.array(piece), (kinds, pieces) => {
        const media = kinds.map((own, place) => ({ kind: own, path: String(place) }));
        const text = pieces.join('');
        const parts = placeMedia(text, media);
        for (const own of ['video', 'image'] as const) {
          const placed = parts.flatMap((part) => (part.type === 'media' ? part.media : []));
          expect(placed.filter((medium) => medium.kind === own)).toEqual(
            media.filter((medium) => medium.kind === own),
          );
        }
        const fits = (own: 'video' | 'image') => countMarkers(text)[own] <= countMedia(media)[own];
        const words = ['video', 'image'] as const;
        const expected = words
          .filter(fits)
          .reduce((rest, own) => rest.replaceAll(`<${own}>`, '\u0000'), text)
          .replaceAll('\u0000', '');
        const texts = parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
        expect(texts).toBe(expected);
      }),
    );
  });

  test('of a sample of an earlier version are an error that says what to give', () => {
    expect(() => placeMedia('Which?', video('a') as never)).toThrow(/must be a list/);
  });
});

test('a question may have its pictures among the options', () => {
  const template = compact.create({ map: true }, {} as never) as PromptTemplate;
  const sample = fakeSample({
    problem: 'Which view is from the door in <video>?',
    options: ['A. <image>', 'B. <image>'],
    media: [video('walk'), image('left'), image('right')],
  });
  const [turn] = template.render(sample);
  expect(shown(turn!.parts)).toBe('Which view is from the door in [walk]?\nA. [left]\nB. [right]');
});
