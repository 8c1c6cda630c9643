import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_RUN, compact } from '@loci/core';
import type { MediaReference, PromptTemplate, Sample } from '@loci/core';
import { fakeDataset, fakeLogger, fakeSample } from '@loci/core/testing';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import type { ExportModel } from '../../src/ports.ts';
import { exportRows } from '../../src/rows/export-rows.ts';
import { VerlRowWriter } from '../../src/rows/parquet.ts';
import { fakeModel } from './fake-model.ts';

const home = mkdtempSync(join(tmpdir(), 'loci-rows-'));
writeFileSync(join(home, 'film.mp4'), 'a film');
writeFileSync(join(home, 'picture.png'), 'a picture');
const FILM: MediaReference = { kind: 'video', path: join(home, 'film.mp4') };
const PICTURE: MediaReference = { kind: 'image', path: join(home, 'picture.png') };

const sample = (id: string, more: Partial<Sample> = {}): Sample => ({
  ...fakeSample(),
  id,
  problem: 'How many?',
  media: [FILM],
  ...more,
});

const prompt = compact.create({} as never, {
  seed: 1,
  baseDirectory: home,
  logger: fakeLogger(),
}) as PromptTemplate;

let exports = 0;

function rowsOf(samples: readonly Sample[], model: ExportModel, share = 1) {
  const name = `run-${exports++}`;
  return exportRows({
    config: { ...DEFAULT_RUN, maxRefusedShare: share },
    dataset: fakeDataset({ train: [...samples], test: [] }),
    prompt,
    model,
    place: { here: join(home, name), there: `/mnt/${name}` },
    framePlace: { here: join(home, 'frames'), there: '/mnt/frames' },
    frameForm: 'jpeg',
    form: {
      ending: 'parquet',
      open: (path, media) => new VerlRowWriter(path, model.modelType, media),
    },
    logger: fakeLogger(),
  }).then((rows) => ({ rows, folder: join(home, name) }));
}

async function read(folder: string) {
  const file = await asyncBufferFromFile(join(folder, 'train.parquet'));
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test looks into what it expects to be there.
  return (await parquetReadObjects({ file })) as any[];
}

describe('rows of verl', () => {
  test('frames are files, an even number, each row with the same keys; a column that nobody needs is left out', async () => {
    const model = fakeModel('qwen2_5_vl', [0, 0.5, 1]);
    const { rows, folder } = await rowsOf([sample('a'), sample('b')], model);
    const [first, second] = await read(folder);
    expect(first).not.toHaveProperty('images');
    const [video] = first.videos;
    expect(video).toEqual({
      video: [
        ...[1, 2, 3, 3].map((n) =>
          expect.stringMatching(new RegExp(`^/mnt/frames/.*/000${n}\\.jpg$`)),
        ),
      ],
      ...{ sample_fps: 2, min_pixels: 56n * 28n, max_pixels: 56n * 28n },
    });
    expect(second.videos[0].video).toEqual(video.video); // written once
    expect(existsSync(video.video[0].replace('/mnt', home))).toBe(true);
    expect(first.prompt[0].content).toContain('<video>');
    expect(first.extra_info).toMatchObject({
      split: 'train',
      index: 0n,
      id: 'a',
      opened: '<think>\n',
    });
    expect(JSON.parse(first.reward_model.ground_truth)).toMatchObject({ id: 'a' });
    expect(rows).toMatchObject({
      trainCount: 2,
      train: expect.stringMatching(/^\/mnt\/.*train\.parquet$/),
    });
    expect(rows.probe!.paths).toEqual(video.video);
  });

  test('rows of Qwen3-VL have the true rate', async () => {
    const { folder } = await rowsOf([sample('a')], fakeModel('qwen3_vl', [0, 4, 8, 12]));
    const [row] = await read(folder);
    expect(row.videos[0].sample_fps).toBeCloseTo(0.25);
  });

  test('pictures and films in one file have both columns in every row', async () => {
    const mixed = [sample('a'), sample('b', { media: [PICTURE] }), sample('c', { media: [] })];
    const { folder } = await rowsOf(mixed, fakeModel('qwen2_5_vl', [0, 0.5]));
    const rows = await read(folder);
    expect(rows.map(({ videos, images }) => [videos.length, images.length])).toEqual([
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
  });

  test('a sample that cannot be a row is left out with its reason; too many of them are an error', async () => {
    const model = fakeModel('qwen2_5_vl', [0, 0.5]);
    const odd = [
      sample('good'),
      sample('long', { problem: 'x'.repeat(5000) }),
      sample('word', { problem: 'What does <audio> mean?' }),
    ];
    const { rows } = await rowsOf(odd, model);
    expect(rows.leftOut.filter(({ id }) => id !== 'good').map(({ id }) => id)).toEqual(
      expect.arrayContaining(['long', 'word']),
    );
    expect(rows.trainCount).toBe(1);
    await expect(rowsOf(odd, model, 0.5)).rejects.toMatchObject({ code: 'rows-refused' });
    const scales = fakeModel('qwen2_5_vl', [0, 0.5], { keepsSize: () => false });
    await expect(rowsOf([sample('a')], scales)).rejects.toMatchObject({
      code: 'no-rows',
      message: expect.stringContaining('would scale its frames'),
    });
  });

  test('the same settings write nothing twice', async () => {
    const model = fakeModel('qwen2_5_vl', [0, 0.5]);
    const { folder } = await rowsOf([sample('a')], model);
    const before = statSync(join(folder, 'train.parquet')).mtimeMs;
    exports--;
    const never = fakeModel('qwen2_5_vl', [0], {
      readFrames: () => Promise.reject(new Error('read')),
    });
    const { rows } = await rowsOf([sample('a')], never);
    expect(rows.trainCount).toBe(1);
    expect(statSync(join(folder, 'train.parquet')).mtimeMs).toBe(before);
    expect(JSON.parse(readFileSync(join(folder, 'export.json'), 'utf8'))).toHaveProperty('digest');
  });
});
