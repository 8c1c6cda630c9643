import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { longVideoBench, longVideoBenchScorers } from '../../src/index.ts';
import { frameTimes, interleave } from '../../src/longvideobench/interleave.ts';
import { writeLongVideoBenchFolder } from '../../src/testing/index.ts';
import { createBenchmark, itemsOf, textOf } from '../support/create.ts';
import { namedMedia } from '../support/tiny-media.ts';

const scratch = mkdtempSync(join(tmpdir(), 'lvb-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const media = namedMedia(scratch);

function folder(form?: 'json' | 'parquet'): string {
  const data = mkdtempSync(join(scratch, 'data-'));
  writeLongVideoBenchFolder(data, media, form);
  return data;
}

const create = (data: string, options: object = {}) =>
  createBenchmark(longVideoBench, { data, ...options });

describe('records', () => {
  test('in JSON and in parquet are the same items', async () => {
    const plain = async (data: string) =>
      (await itemsOf(await create(data))).map(({ media: _, ...item }) => item);
    const items = await plain(folder('json'));
    expect(await plain(folder('parquet'))).toEqual(items);
    expect(items[1]).toMatchObject({
      task: 'T2O',
      groups: { durationGroup: '60' },
      options: ['A. a cup', 'B. a plate', 'C. a fork', 'D. a knife'],
      answer: 'A',
      duration: 1,
    });
  });

  test('a right choice that no option has is an error that names record and field', async () => {
    const data = folder();
    const path = join(data, 'lvb_val.json');
    const [record] = JSON.parse(readFileSync(path, 'utf8')) as [object];
    writeFileSync(path, JSON.stringify([{ ...record, correct_choice: 9 }]));
    await expect(create(data).then(itemsOf)).rejects.toThrow(/"0\.correct_choice": no option/u);
    writeFileSync(path, '[{');
    await expect(create(data).then(itemsOf)).rejects.toMatchObject({ code: 'benchmark-file' });
  });

  test('subtitles that are missing or broken make the item one that cannot be asked', async () => {
    const data = folder();
    rmSync(join(data, 'subtitles/video0_en.json'));
    writeFileSync(join(data, 'subtitles/video1_en.json'), '[{"text": "no time"}]');
    const options = { subtitles: 'interleaved' };
    const items = await itemsOf(await create(data, options));
    expect(items[0]!.missing).toMatch(/There are no subtitles .*video0_en\.json/u);
    expect(items[1]!.missing).toMatch(/video1_en\.json, "0"/u);
    expect(items[2]!.missing).toBeUndefined();
    expect((await itemsOf(await create(data)))[0]!.missing).toBeUndefined();
  });
});

describe('subtitles between the frames', () => {
  test('times count from the start of the clip', async () => {
    const items = await itemsOf(await create(folder(), { subtitles: 'interleaved' }));
    const times = items.map(({ subtitles }) => subtitles?.map(({ start, end }) => [start, end]));
    const near = (lines: readonly (readonly number[])[] | undefined) =>
      lines?.map((line) => line.map((time) => Math.round(time * 100) / 100));
    expect(near(times[0])).toEqual([
      [0, 0.4],
      [0.5, 0.9],
    ]);
    // The last line lacks an end and lasts as long as the clip.
    expect(near(times[1])).toEqual([
      [0, 0.4],
      [0.5, 1],
    ]);
  });

  test('each line stands after the frames before its middle; lines without a frame are left out', () => {
    const frames = { fps: 1, maxFrames: 4 };
    const parts = interleave({ kind: 'video', path: '/v.mp4' }, frames, 40, [
      { start: 8, end: 13, text: 'covers the second frame' },
      { start: 14, end: 16, text: 'covers none' },
      { start: 29, end: 30.5, text: 'covers the last' },
    ]);
    const shown = parts.map((part) =>
      part.type === 'text' ? part.text.trim() : part.media.second,
    );
    expect(shown).toEqual([0, 10, 'covers the second frame', 20, 'covers the last', 30]);
    expect(parts[0]).toEqual({
      type: 'media',
      media: { kind: 'image', path: '/v.mp4', second: 0 },
      frames,
    });
  });

  test.each([
    [10.9, { fps: 1, maxFrames: 32 }, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    [100, { fps: 1, maxFrames: 4 }, [0, 25, 50, 75]],
    [10, { fps: 0, maxFrames: 4 }, [0, 2.5, 5, 7.5]],
    [2, { fps: 2, maxFrames: 8 }, [0, 0.5, 1, 1.5]],
    [0.4, { fps: 1, maxFrames: 8 }, [0]],
  ])('of %d s with %j frames are taken at %j', (duration, frames, times) => {
    expect(frameTimes(duration, frames)).toEqual(times);
  });

  test('the question follows once', async () => {
    const benchmark = await create(folder(), { subtitles: 'interleaved' });
    const [item] = await itemsOf(benchmark);
    const text = textOf(benchmark.render(item!));
    expect(text).toMatch(/^\[media\][\s\S]*first words[\s\S]*S2E: what is seen/u);
    expect(text.match(/S2E: what is seen/gu)).toHaveLength(1);
  });
});

test('without a letter the authors draw one, the same for the same item', () => {
  const [official, spacer] = longVideoBenchScorers('official');
  const drawn = Array.from({ length: 200 }, (_, index) => {
    const item = {
      id: `q${index}`,
      task: 'S2E',
      groups: {},
      question: '',
      options: ['A. x', 'B. y', 'C. z', 'D. w'],
      answer: 'A',
    };
    const prediction = { status: 'answered', output: 'no idea' } as const;
    expect(official.score(item, prediction)).toEqual(official.score(item, prediction));
    expect(spacer!.score(item, prediction).score).toBe(0);
    return official.score(item, prediction);
  });
  const right = drawn.filter(({ score }) => score === 1).length;
  expect(right).toBeGreaterThan(25);
  expect(right).toBeLessThan(75);
  expect(new Set(drawn.map(({ normalised }) => normalised))).toEqual(new Set('ABCD'));
  expect(drawn.every(({ answered }) => !answered)).toBe(true);
});
