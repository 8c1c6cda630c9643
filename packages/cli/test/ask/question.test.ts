import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { compact, mapImagination } from '@loci/core';
import type { Message } from '@loci/core';
import { askedMedia, lettered, messagesOf, namedObjects } from '../../src/ask/question.ts';

const place = mkdtempSync(join(tmpdir(), 'loci-question-'));
for (const name of ['room.mp4', 'left.PNG', 'right.jpg']) writeFileSync(join(place, name), '');

const context = { seed: 1, baseDirectory: place, logger: { info: () => 0, warn: () => 0 } };
const textOf = (messages: readonly Message[]): string =>
  messages
    .flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])))
    .join('\n');

describe('a typed question', () => {
  test('videos and pictures are told apart by their names', () => {
    expect(askedMedia(['room.mp4', 'left.PNG'], place)).toEqual([
      { kind: 'video', path: join(place, 'room.mp4') },
      { kind: 'image', path: join(place, 'left.PNG') },
    ]);
  });

  test.each([
    ['none.mp4', /no file .*none\.mp4: name a video or a picture/],
    ['.', /is a folder: name a video or a picture in it/],
  ])('%s is an error that says what to do', (name, message) => {
    expect(() => askedMedia([name], place)).toThrow(message);
  });

  test('objects that a question names are mapped; options get their letters', () => {
    expect(namedObjects('Where are the sofas and the TV?')).toEqual(['sofa', 'tv']);
    expect(namedObjects('What is seen?')).toEqual([]);
    expect(lettered(['left', 'right'])).toEqual(['A. left', 'B. right']);
    expect(lettered(['A. left', 'B. right'])).toEqual(['A. left', 'B. right']);
  });

  test('the terse prompt asks for the objects alone', () => {
    const media = askedMedia(['room.mp4'], place);
    const asked = { media, text: 'Where is the sofa?', options: [], objects: ['tv', 'sofa'] };
    const prompt = compact.create({ map: true }, context);
    expect(messagesOf(asked, prompt as never, { use: 'compact' })).toEqual([
      {
        role: 'user',
        parts: [
          { type: 'media', media: media[0] },
          { type: 'text', text: 'Where is the sofa?\nObjects: sofa, tv.' },
        ],
      },
    ]);
  });

  test('several pictures are shown in their order, and a map is offered without a list', () => {
    const media = askedMedia(['left.PNG', 'right.jpg'], place);
    const asked = { media, text: 'What is seen?', options: ['A. a bed'], objects: [] };
    const prompt = mapImagination.create({ map: true }, context);
    const messages = messagesOf(asked, prompt as never, { use: 'map-imagination' });
    expect(messages[0]!.parts.slice(0, 2)).toEqual(
      media.map((one) => ({ type: 'media', media: one })),
    );
    expect(textOf(messages)).toContain('What is seen?\nOptions:\nA. a bed');
    expect(textOf(messages)).toContain('Map the objects that the question is about.');
  });
});
