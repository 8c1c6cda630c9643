import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeDatasetContract } from '@loci/core/testing';
import { readLayouts } from '../../src/layouts/layout.ts';
import { askLayout, layouts } from '../../src/layouts/layouts.ts';

const scans = resolve(import.meta.dirname, '../../../../../shared/data/scenes');

const box = (x: number, y: number) => ({
  centroid: [x, y, 0.5],
  axesLengths: [0.5, 0.4, 1],
  min: [x - 0.25, y - 0.25, 0],
  max: [x + 0.25, y + 0.25, 1],
});

const SCENE = {
  room_size: 20.25,
  dataset: 'scannet',
  object_bbox: {
    chair: [box(0, 0), box(4, 1)],
    desk: [box(2, 4)],
    sofa: [box(4, 4)],
    bed: [box(0, 3)],
  },
};

async function withFile<Result>(
  content: unknown,
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'loci-layouts-'));
  try {
    await writeFile(join(folder, 'scans.json'), JSON.stringify(content));
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const plugin = (folder: string) =>
  layouts.create(layouts.options.parse({ files: ['scans.json'], videoFolder: 'videos' }), {
    seed: 0,
    baseDirectory: folder,
    logger: { info: () => undefined, warn: () => undefined },
  });

let scanned = '';

beforeAll(async () => {
  scanned = await mkdtemp(join(tmpdir(), 'loci-layouts-'));
  await mkdir(join(scanned, 'videos/scannet'), { recursive: true });
  await writeFile(join(scanned, 'videos/scannet/one.mp4'), '');
  await writeFile(join(scanned, 'scans.json'), JSON.stringify({ one: SCENE }));
});

afterAll(() => rm(scanned, { recursive: true, force: true }));

describeDatasetContract({ name: 'layouts', splits: ['test'], create: () => plugin(scanned) });

describe('layouts', () => {
  test('the extent of the boxes is stretched onto the grid', () =>
    withFile({ one: SCENE }, async (folder) => {
      const [layout] = await readLayouts(join(folder, 'scans.json'));
      expect(layout!.scene.map).toEqual({
        bed: [[0, 7]],
        chair: [
          [0, 0],
          [9, 2],
        ],
        desk: [[5, 9]],
        sofa: [[9, 9]],
      });
      expect(layout!.scene.areaM2).toBe(20.25);
    }));

  test('questions are asked as of generated rooms', () =>
    withFile({ one: SCENE }, async (folder) => {
      const [layout] = await readLayouts(join(folder, 'scans.json'));
      const asked = askLayout(layout!, 1);
      expect(askLayout(layout!, 1)).toEqual(asked);
      expect(asked.find(({ kind }) => kind === 'room-size')!.answer).toBe('20.3');
      expect(asked.find(({ kind }) => kind === 'object-size')!.answer).toBe('100');
      expect(asked.some(({ kind }) => kind === 'appearance-order')).toBe(false);
    }));

  test('the plugin is for evaluation and reports videos that are missing', () =>
    withFile({ one: SCENE, two: SCENE }, async (folder) => {
      const dataset = await plugin(folder);
      await expect(dataset.open('train')).rejects.toMatchObject({ code: 'split-missing' });
      await expect(dataset.open('test')).rejects.toMatchObject({ code: 'dataset-empty' });
      await mkdir(join(folder, 'videos/scannet'), { recursive: true });
      await writeFile(join(folder, 'videos/scannet/two.mp4'), '');
      const source = await dataset.open('test');
      expect((await source.at(0)).id).toMatch(/^two-/u);
      expect(source.problems()).toHaveLength(1);
      await expect(source.at(99)).rejects.toMatchObject({ code: 'index-out-of-range' });
    }));

  test('files of another form are refused by name', () =>
    withFile({ one: { room_size: -1 } }, async (folder) => {
      await expect(readLayouts(join(folder, 'scans.json'))).rejects.toThrow(
        /scans\.json is not a file of layouts/u,
      );
    }));

  const present = existsSync(scans);
  if (!present) console.log(`skipped: real scans are not at ${scans}`);
  (present ? test : test.skip)(
    'real scans can be asked every kind but appearance order',
    async () => {
      for (const [file, count] of [
        ['scannet_meta_info_val.json', 88],
        ['scannetpp_meta_info_val.json', 50],
      ] as const) {
        const read = await readLayouts(join(scans, file));
        expect(read).toHaveLength(count);
        const asked = read.flatMap((layout) => askLayout(layout, 1));
        expect(new Set(asked.map(({ kind }) => kind)).size).toBe(8);
        for (const { map } of asked) {
          for (const cell of Object.values(map).flat(2)) expect(cell).toBeLessThanOrEqual(9);
        }
      }
    },
  );
});

test.each([
  { dataset: '..', id: 'one' },
  { dataset: 'scannet', id: '../../one' },
])(
  'a video that $dataset/$id leads to is not shown unless it is allowed',
  async ({ dataset, id }) => {
    await withFile({ [id]: { ...SCENE, dataset } }, async (folder) => {
      await mkdir(join(folder, 'videos'));
      await writeFile(join(folder, 'one.mp4'), 'video');
      const open = (allowOutside: boolean) => {
        const options = layouts.options.parse({
          files: ['scans.json'],
          videoFolder: 'videos',
          allowOutside,
        });
        const logger = { info: () => undefined, warn: () => undefined };
        const dataset = layouts.create(options, { seed: 0, baseDirectory: folder, logger });
        return Promise.resolve(dataset).then((made) => made.open('test'));
      };
      await expect(open(false)).rejects.toThrow('lies outside of videoFolder');
      expect((await open(true)).size).toBeGreaterThan(0);
    });
  },
);
