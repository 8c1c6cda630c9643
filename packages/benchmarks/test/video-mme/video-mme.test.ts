import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { videoMme, videoMmeScorers } from '../../src/index.ts';
import { writeVideoMmeFolder } from '../../src/testing/index.ts';
import { createBenchmark, itemsOf, textOf } from '../support/create.ts';
import { namedMedia } from '../support/tiny-media.ts';

const scratch = mkdtempSync(join(tmpdir(), 'video-mme-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const media = namedMedia(scratch);
let data = '';
beforeEach(() => {
  data = mkdtempSync(join(scratch, 'data-'));
  writeVideoMmeFolder(data, media);
});

const create = (options: object = {}) => createBenchmark(videoMme, { data, ...options });
const texts = async (options: object) => {
  const benchmark = await create(options);
  return (await itemsOf(benchmark)).map((item) => textOf(benchmark.render(item)));
};

describe('subtitles', () => {
  test('are not read unless wanted', async () => {
    rmSync(join(data, 'subtitle'), { recursive: true });
    const benchmark = await create();
    expect(benchmark.setup.variant).toBe('without subtitles');
    expect((await texts({})).join('')).not.toContain('words');
    await expect(create({ subtitles: 'all' })).rejects.toThrow('unpack subtitle.zip here');
  });

  test('stand between video and question, without their markup', async () => {
    const [first] = await texts({ subtitles: 'all' });
    expect(first).toMatch(
      /^\[media\]\nThe subtitles of the video:\nfirst words\nsecond words on two lines\n\nChoose/u,
    );
  });

  test('of a video that has none are none', async () => {
    const last = (await texts({ subtitles: 'all' })).at(-1);
    expect(last).not.toContain('The subtitles of the video');
  });

  test('sampled: those that are on at as many moments as there are frames', async () => {
    const frames = { fps: 0, maxFrames: 1 };
    const [one] = await texts({ subtitles: 'sampled', frames: { ...frames, maxFrames: 1 } });
    const [many] = await texts({ subtitles: 'sampled', frames: { ...frames, maxFrames: 32 } });
    expect(many).toContain('first words');
    expect(many).toContain('second words');
    expect(one!.length).toBeLessThanOrEqual(many!.length);
  });
});

test('records keep duration and domain to break down by', async () => {
  const items = await itemsOf(await create());
  expect(items).toHaveLength(9);
  expect(items[0]).toMatchObject({
    id: '001-1',
    task: 'Counting Problem',
    groups: { duration: 'short', domain: 'Knowledge' },
    answer: 'A',
  });
});

test('an item without a letter leaves the authors’ mean, and is wrong otherwise', () => {
  const item = {
    id: 'x',
    task: 'OCR Problems',
    groups: { duration: 'short' },
    question: '',
    options: ['A. x', 'B. y'],
    answer: 'B',
  };
  const headline = videoMmeScorers('official').map((scorer) => {
    const rows = ['none at all', 'B'].map((output) => ({
      item,
      verdict: scorer.score(item, { status: 'answered', output }),
    }));
    return scorer.aggregate(rows).headline;
  });
  expect(headline).toEqual([
    { value: 1, count: 1 },
    { value: 0.5, count: 2 },
    { value: 0.5, count: 2 },
  ]);
});
