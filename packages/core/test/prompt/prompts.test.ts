import { describe, expect, test } from '@jest/globals';
import { compact } from '../../src/prompt/compact.ts';
import { mapImagination } from '../../src/prompt/map-imagination.ts';
import type { PromptTemplate, Sample } from '../../src/spec/index.ts';

const context = { seed: 1, baseDirectory: '.', logger: { info: () => {}, warn: () => {} } };
const UNMAPPED: Sample = {
  id: 's',
  problem: 'Which is nearer to the table?',
  options: ['A. chair', 'B. lamp'],
  problemType: 'multiple choice',
  solution: '<answer>A</answer>',
  media: [{ kind: 'video', path: '/v.mp4' }],
  source: 'SR_dataset',
};
const SAMPLE: Sample = {
  ...UNMAPPED,
  map: { table: [[4, 5]], chair: [[1, 2]] },
};

/** The text of the one turn, which must come after the media. */
function textOf(template: PromptTemplate, sample: Sample): string {
  const [turn, ...others] = template.render(sample);
  expect(others).toEqual([]);
  expect(turn!.role).toBe('user');
  const [media, text, ...rest] = turn!.parts;
  expect(media).toEqual({ type: 'media', media: sample.media[0] });
  expect(rest).toEqual([]);
  return text!.type === 'text' ? text!.text : '';
}

describe('map-imagination', () => {
  const template = mapImagination.create({ map: true }, context) as PromptTemplate;

  test('videos and images are read as the options say, or as the model says', () => {
    const videos = { fps: 2, minFrames: 4, maxFrames: 16 };
    const own = mapImagination.create({ map: true, videos, imagePixels: [3136, 200_704] }, context);
    const image: Sample = { ...SAMPLE, media: [{ kind: 'image', path: '/i.png' }] };
    const partOf = (prompt: PromptTemplate, sample: Sample) => prompt.render(sample)[0]!.parts[0];
    expect(partOf(template, SAMPLE)).toEqual({ type: 'media', media: SAMPLE.media[0] });
    expect(partOf(own as PromptTemplate, SAMPLE)).toMatchObject({ frames: videos });
    expect(partOf(own as PromptTemplate, image)).toMatchObject({
      frames: { minPixels: 3136, maxPixels: 200_704 },
    });
  });

  test('a spatial sample is asked for a map of its categories and an answer of its type', () => {
    const text = textOf(template, SAMPLE);
    expect(text.startsWith('Which is nearer to the table?\nOptions:\nA. chair\nB. lamp\n')).toBe(
      true,
    );
    expect(text).toContain('["chair","table"]');
    expect(text).toContain('<map>');
    expect(text).toMatch(/only the letter/);
    expect(text).not.toContain('[1,2]');
  });

  test('no map is asked for where the options say so', () => {
    const mapless = mapImagination.create({ map: false }, context) as PromptTemplate;
    expect(textOf(mapless, SAMPLE)).toContain('<think>');
    expect(textOf(mapless, SAMPLE)).not.toContain('<map>');
  });

  test.each([
    ['general data', { ...SAMPLE, source: 'other' }],
    ['a spatial sample without a map', UNMAPPED],
    ['an empty map', { ...SAMPLE, map: {} }],
  ])('%s is asked plainly', (_, sample) => {
    const text = textOf(template, sample);
    expect(text).toContain('<think>');
    expect(text).not.toContain('<map>');
  });

  test.each(['numerical', 'OCR', 'free-form', 'regression'] as const)(
    'every type says what goes into the answer tags: %s',
    (problemType) => {
      const text = textOf(template, { ...SAMPLE, options: [], problemType });
      expect(text).not.toContain('Options');
      expect(text.split('\n').at(-1)).toContain('<answer>');
    },
  );
});

describe('compact', () => {
  const template = compact.create({ map: true }, context) as PromptTemplate;

  test('says no more than it must', () => {
    expect(textOf(template, SAMPLE)).toBe(
      'Which is nearer to the table?\nA. chair\nB. lamp\nObjects: chair, table.',
    );
    expect(textOf(template, { ...UNMAPPED, options: [] })).toBe(SAMPLE.problem);
  });

  test('asks for no map where it is not to', () => {
    const mapless = compact.create({ map: false }, context) as PromptTemplate;
    expect(textOf(mapless, SAMPLE)).toBe('Which is nearer to the table?\nA. chair\nB. lamp');
  });
});
