import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sampleOfItem } from '@loci/core';
import { sparBench, sparScorers } from '../../src/index.ts';
import { writeSparFolder } from '../../src/testing/index.ts';
import { createBenchmark, itemsOf, textOf } from '../support/create.ts';
import { picture } from '../support/tiny-media.ts';

const scratch = mkdtempSync(join(tmpdir(), 'spar-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let images: readonly Buffer[] = [];
beforeAll(async () => {
  images = [await picture('#a0522d'), await picture('#2d52a0')];
});

function folder(shown: readonly Uint8Array[] = images): string {
  const data = mkdtempSync(join(scratch, 'data-'));
  writeSparFolder(data, { video: '', images: shown });
  return data;
}

const create = (data: string, options: object = {}) =>
  createBenchmark(sparBench, { data, ...options });

describe('images', () => {
  test('are written beside the data once, byte for byte, however many items share them', async () => {
    const data = folder();
    const items = await itemsOf(await create(data));
    expect(items).toHaveLength(20);
    expect(readdirSync(join(data, '.images')).sort()).toHaveLength(2);
    const several = items.find(({ task }) => task === 'position_matching')!;
    expect(several.media.map(({ path }) => readFileSync(path))).toEqual(images);
    expect(items.find(({ task }) => task === 'depth_prediction_oc')!.media).toHaveLength(1);
    expect(await itemsOf(await create(data))).toEqual(items);
  });

  test('are written again where a process was killed in the middle of one', async () => {
    const data = folder();
    const [item] = await itemsOf(await create(data));
    const { path } = item!.media[0]!;
    truncateSync(path, 20);
    await itemsOf(await create(data));
    expect(images).toContainEqual(readFileSync(path));
  });

  test('go to another folder when asked, and a folder that cannot be written is named', async () => {
    const elsewhere = join(scratch, 'elsewhere');
    const [item] = await itemsOf(await create(folder(), { images: elsewhere }));
    expect(item!.media[0]!.path.startsWith(elsewhere)).toBe(true);
    writeFileSync(join(scratch, 'file'), '');
    const failure = create(folder(), { images: join(scratch, 'file') }).then(itemsOf);
    await expect(failure).rejects.toMatchObject({ code: 'benchmark-images' });
    await expect(failure).rejects.toThrow(/benchmark\.images/u);
  });

  test('bytes that are no image are refused', async () => {
    await expect(create(folder([Buffer.from('no image')])).then(itemsOf)).rejects.toThrow(
      /6e6f20696d616765/u,
    );
  });
});

describe('the prompt', () => {
  test('shows the images, asks the question once, and adds what a task needs', async () => {
    const benchmark = await create(folder());
    const items = await itemsOf(benchmark);
    const text = (task: string) =>
      textOf(benchmark.render(items.find((item) => item.task === task)!));
    expect(text('spatial_imagination_oo')).toBe(
      '[media]\nWhich is nearer?\nA. the chair\nB. the table\nC. the lamp\nD. the door\n' +
        'Reply with the letter of the right option and nothing else.',
    );
    expect(text('position_matching')).toMatch(/^\[media\]\n\[media\]\n[\s\S]*0 to 1000/u);
    expect(text('view_change_infer')).toContain('move_right:0.5,rotate_left:10');
    expect(items[0]!.task).toBe('depth_prediction_oc');
    expect(benchmark.setup.frames).toBeUndefined();
  });

  test('views stand where the question names them, and the rewards of a run get them all', async () => {
    const benchmark = await create(folder());
    const items = await itemsOf(benchmark);
    const several = items.find(({ task }) => task === 'position_matching')!;
    const question = 'The first view <image> and the second <image>: which point is the same?';
    expect(textOf(benchmark.render({ ...several, question }))).toMatch(
      /^The first view \n?\[media\]\n? and the second \n?\[media\]\n?: which/u,
    );
    expect(sampleOfItem(several).media).toEqual(several.media);
  });
});

describe('scorers', () => {
  const [official, , strict] = sparScorers('official');
  const score = (task: string, answer: string, output: string) => {
    const item = { id: 'x', task, groups: {}, question: '', options: ['A. x', 'B. y'], answer };
    return [official, strict!].map(
      (scorer) => scorer.score(item, { status: 'answered', output }).score,
    );
  };

  test('an empty answer is right by the authors, wrong strictly', () => {
    expect(score('position_matching', 'B', '')).toEqual([1, 0]);
    expect(score('position_matching', 'B', 'Because')).toEqual([1, 0]);
    expect(score('position_matching', 'B', '(B)')).toEqual([0, 1]);
  });

  test('a sign is lost by the authors, not strictly', () => {
    expect(score('depth_prediction_oc', '2', '-2')).toEqual([1, 0]);
    expect(score('depth_prediction_oc_mv', '2', '5 or 2')).toEqual([1, 0]);
    expect(score('depth_prediction_oc', '2', '2 m')).toEqual([1, 1]);
  });

  test('a wrong action of one axis earns little strictly, and a blank is no error', () => {
    expect(score('view_change_infer', 'move_right:1', 'move_left:1')).toEqual([0.8, 0]);
    expect(score('view_change_infer', 'move_right:1,move_up:1', 'move_right:1, move_up:1')).toEqual(
      [0.8, 1],
    );
    expect(score('view_change_infer', 'move_right:1', 'jump:1')[1]).toBe(0);
  });

  test('the level Middle holds the view change strictly, and not by the authors', () => {
    const rows = (scorer: typeof official) =>
      ['position_matching', 'view_change_infer'].map((task, index) => {
        const answer = index === 0 ? 'B' : 'move_right:1';
        const item = { id: task, task, groups: {}, question: '', options: [], answer };
        const output = index === 0 ? 'A' : answer;
        return { item, verdict: scorer.score(item, { status: 'answered', output }) };
      });
    const middle = (scorer: typeof official) =>
      scorer.aggregate(rows(scorer)).sections['level']!['Middle'];
    expect(middle(official)).toEqual({ value: 0, count: 1 });
    expect(middle(strict!)).toEqual({ value: 0.5, count: 2 });
  });
});
