import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { describeDatasetContract, fakeLogger } from '@loci/core/testing';
import type { Sample } from '@loci/core';
import { decodeImage, decodeVideo } from '@loci/media';
import { encodeFilm } from '../../src/rooms/video.ts';
import { selfSupervised } from '../../src/self-supervised/self-supervised.ts';
import { TASK_NAMES } from '../../src/self-supervised/tasks/all.ts';
import { roomFilms } from './films.ts';

jest.setTimeout(60_000);

const VIDEOS = 5;

let place: string;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'loci-self-supervised-'));
  await mkdir(join(place, 'films/more'), { recursive: true });
  let number = 0;
  for await (const { frames } of roomFilms(VIDEOS)) {
    const [{ width, height }] = frames as [(typeof frames)[0], ...typeof frames];
    const pixels = new Uint8Array(frames.flatMap((frame) => [...frame.pixels]));
    const none = { visiblePixels: new Uint32Array(0), firstVisible: new Int16Array(0) };
    const film = { frames: frames.length, width, height, pixels, ...none };
    const folder = number % 2 === 0 ? 'films' : 'films/more';
    await writeFile(join(place, folder, `film-${number++}.mp4`), await encodeFilm(film, 4));
  }
  await writeFile(join(place, 'films/broken.mp4'), 'not a video');
  await writeFile(join(place, 'films/notes.txt'), 'not looked at');
});
afterAll(() => rm(place, { recursive: true }));

function create(options: object = {}) {
  const logger = fakeLogger();
  const parsed = selfSupervised.options.parse({ videos: 'films', testShare: 0.4, ...options });
  const context = { seed: 1, baseDirectory: place, logger };
  return { dataset: selfSupervised.create(parsed, context), logger };
}

async function samplesOf(split: 'train' | 'test', options: object = {}) {
  const source = await (await create(options).dataset).open(split);
  const samples: Sample[] = [];
  for (let index = 0; index < source.size; index++) samples.push(await source.at(index));
  await source.close();
  return samples;
}

describeDatasetContract({ name: 'self-supervised', create: () => create().dataset });

test('every video is asked every task, no video is in both splits, and what cannot be read is named', async () => {
  const source = await (await create().dataset).open('train');
  expect(source.problems()).toMatchObject([
    { file: join(place, 'films/broken.mp4'), reason: expect.stringContaining('broken.mp4') },
  ]);
  await source.close();
  const [train, test] = [await samplesOf('train'), await samplesOf('test')];
  const kinds = new Set([...train, ...test].map(({ questionKind }) => questionKind));
  expect([...kinds].sort()).toEqual([...TASK_NAMES].sort());
  const videosOf = (samples: readonly Sample[]) =>
    new Set(samples.map(({ meta }) => meta!['video']));
  const [learned, kept] = [videosOf(train), videosOf(test)];
  expect(learned.size + kept.size).toBe(VIDEOS);
  for (const video of kept) expect(learned).not.toContain(video);
});

test('media are what the question says, and the demonstration ends in the answer', async () => {
  for (const sample of await samplesOf('train')) {
    const text = [sample.problem, ...sample.options].join('\n');
    expect(text.match(/<(?:video|image)>/g)).toHaveLength(sample.media.length);
    expect(sample.demonstration).toContain(sample.solution);
    for (const { kind, path } of sample.media) {
      if (kind === 'image') expect((await decodeImage(path)).width).toBeGreaterThan(8);
      else expect(await decodeVideo(path, ({ times }) => [...times.keys()])).toHaveLength(4);
    }
  }
});

test('the same videos and options give the same questions and files, another seed gives others', async () => {
  const read = async (folder: string) => {
    const [made] = await readdir(join(place, folder));
    const files = await readdir(join(place, folder, made!), { recursive: true });
    const texts = files
      .filter((name) => /\.(?:jsonl|png)$/.test(name))
      .sort()
      .map(async (name) => [name, await readFile(join(place, folder, made!, name), 'base64')]);
    return Promise.all(texts);
  };
  await samplesOf('train', { folder: 'first' });
  await samplesOf('train', { folder: 'again' });
  await samplesOf('train', { folder: 'other', seed: 2 });
  expect(await read('again')).toEqual(await read('first'));
  expect(await read('other')).not.toEqual(await read('first'));
});

test('a video that is replaced under its name is asked anew', async () => {
  await mkdir(join(place, 'two'));
  await copyFile(join(place, 'films/film-0.mp4'), join(place, 'two/a.mp4'));
  await copyFile(join(place, 'films/film-2.mp4'), join(place, 'two/b.mp4'));
  const options = { videos: 'two', folder: 'replaced', testShare: 0 };
  await samplesOf('train', options);
  await copyFile(join(place, 'films/film-4.mp4'), join(place, 'two/a.mp4'));
  await samplesOf('train', options);
  expect(await readdir(join(place, 'replaced'))).toHaveLength(2);
});

test('clips of an earlier choice of options are no videos of the next', async () => {
  await mkdir(join(place, 'nested'));
  await copyFile(join(place, 'films/film-0.mp4'), join(place, 'nested/a.mp4'));
  const options = { videos: 'nested', folder: 'nested/made', testShare: 0 };
  const asked = await samplesOf('train', options);
  expect(await samplesOf('train', { ...options, seed: 2 })).toHaveLength(asked.length);
});

test('a folder without videos is a named error', async () => {
  await mkdir(join(place, 'empty'));
  for (const videos of ['nowhere', 'empty']) {
    await expect(samplesOf('train', { videos })).rejects.toMatchObject({ code: 'videos-missing' });
  }
});
