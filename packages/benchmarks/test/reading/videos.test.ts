/** Videos that are not where they should be, in every benchmark that has videos of its own. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, relative } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ErasedPlugin } from '@loci/core';
import {
  longVideoBench,
  revsi,
  stiBench,
  tempCompass,
  videoMme,
  vsiBench,
} from '../../src/index.ts';
import * as fixtures from '../../src/testing/index.ts';
import type { FixtureMedia } from '../../src/testing/index.ts';
import { createBenchmark, itemsOf } from '../support/create.ts';
import { namedMedia } from '../support/tiny-media.ts';

const scratch = mkdtempSync(join(tmpdir(), 'videos-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const media = namedMedia(scratch);

type Writer = (folder: string, media: FixtureMedia) => void;
const BENCHMARKS: readonly (readonly [string, ErasedPlugin<'benchmark'>, Writer])[] = [
  ['video-mme', videoMme, fixtures.writeVideoMmeFolder],
  ['vsi-bench', vsiBench, fixtures.writeVsiFolder],
  ['sti-bench', stiBench, fixtures.writeStiFolder],
  ['tempcompass', tempCompass, fixtures.writeTempCompassFolder],
  ['longvideobench', longVideoBench, fixtures.writeLongVideoBenchFolder],
  ['revsi', revsi, fixtures.writeRevsiFolder],
];

const videosOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extname(entry.name) === '.mp4')
    .map((entry) => join(entry.parentPath, entry.name));

describe.each(BENCHMARKS)('%s', (_, plugin, write) => {
  let data = '';
  beforeEach(() => {
    data = mkdtempSync(join(scratch, 'data-'));
    write(data, media);
  });
  const items = async () => itemsOf(await createBenchmark(plugin, { data }));
  const missing = async () => (await items()).filter((item) => item.missing !== undefined);

  test('archives that were unpacked into folders of their own are found', async () => {
    for (const [index, path] of videosOf(data).entries()) {
      const chunk = join(dirname(path), `chunk_${index % 2}`, 'unpacked', basename(path));
      mkdirSync(dirname(chunk), { recursive: true });
      renameSync(path, chunk);
    }
    expect(await missing()).toEqual([]);
  });

  test('so are those that were unpacked beside the folder', async () => {
    const tops = new Set(videosOf(data).map((path) => relative(data, path).split('/')[0]!));
    for (const path of videosOf(data)) {
      const beside = join(data, 'chunk_01', relative(data, path));
      mkdirSync(dirname(beside), { recursive: true });
      renameSync(path, beside);
    }
    expect(tops.size).toBeGreaterThan(0);
    expect(await missing()).toEqual([]);
  });

  test('without any video there is no benchmark, and packed archives are named', async () => {
    for (const path of videosOf(data)) rmSync(path);
    writeFileSync(join(data, 'videos_01.zip'), 'PK');
    const failure = createBenchmark(plugin, { data });
    await expect(failure).rejects.toMatchObject({ code: 'benchmark-layout' });
    await expect(failure).rejects.toThrow(plugin === revsi ? /unpack/u : /unpack|tar x/u);
  });

  test('files that are no videos are none', async () => {
    for (const path of videosOf(data)) truncateSync(path);
    await expect(createBenchmark(plugin, { data })).rejects.toThrow(/\.mp4 is empty/u);
    for (const path of videosOf(data)) writeFileSync(path, 'version https://git-lfs.github.com/v1');
    await expect(createBenchmark(plugin, { data })).rejects.toThrow(/git lfs pull/u);
  });

  test('videos under other names make no report of zeros: those that are there are named', async () => {
    for (const path of videosOf(data)) renameSync(path, path.replace('.mp4', '-720p.mp4'));
    const failure = items();
    await expect(failure).rejects.toMatchObject({ code: 'benchmark-media' });
    await expect(failure).rejects.toThrow(
      /There is no video .*The folder has these videos: .*-720p\.mp4/u,
    );
  });
});

test('two videos of one name are not chosen between', async () => {
  const data = mkdtempSync(join(scratch, 'data-'));
  fixtures.writeVideoMmeFolder(data, media);
  const [path] = videosOf(data);
  for (const chunk of ['one', 'two']) {
    mkdirSync(join(data, chunk));
    writeFileSync(join(data, chunk, basename(path!)), chunk);
  }
  rmSync(path!);
  const items = await itemsOf(await createBenchmark(videoMme, { data }));
  expect(items.find(({ missing }) => missing !== undefined)?.missing).toMatch(
    /^Which video is .*one.* and .*two/u,
  );
});
