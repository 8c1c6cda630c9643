import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { EVALUATION_FRAMES } from '@loci/core';
import { vsiBench, vsiScorers } from '../../src/index.ts';
import { writeTable, writeVsiFolder } from '../../src/testing/index.ts';
import { MAP_CATEGORIES } from '../../src/vsi-bench/categories.ts';
import { createBenchmark, itemsOf, textOf } from '../support/create.ts';
import { namedMedia } from '../support/tiny-media.ts';

const scratch = mkdtempSync(join(tmpdir(), 'vsi-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const media = namedMedia(scratch);
let data = '';
beforeEach(() => {
  data = mkdtempSync(join(scratch, 'data-'));
  writeVsiFolder(data, media);
});

const create = (options: object = {}) => createBenchmark(vsiBench, { data, ...options });

describe('the folder', () => {
  test('lacking something names all of it, how it is made and where to get it', async () => {
    rmSync(join(data, 'test-00000-of-00001.parquet'));
    rmSync(join(data, 'scannet'), { recursive: true });
    const failure = create();
    await expect(failure).rejects.toMatchObject({ code: 'benchmark-layout' });
    await expect(failure).rejects.toThrow(/test-\*\.parquet.*the questions/u);
    await expect(failure).rejects.toThrow('unpack scannet.zip here');
    await expect(failure).rejects.toThrow('hf download nyu-visionx/VSI-Bench --repo-type dataset');
    await expect(failure).rejects.not.toThrow('arkitscenes');
    await expect(create({ data: join(data, 'nowhere') })).rejects.toThrow(/There is no folder/u);
  });

  test('may have its videos in a folder of their own', async () => {
    for (const name of ['arkitscenes', 'scannet', 'scannetpp']) {
      const moved = join(data, 'videos', name);
      rmSync(moved, { recursive: true, force: true });
      writeVsiFolder(join(data, 'videos'), media);
    }
    for (const name of ['arkitscenes', 'scannet', 'scannetpp']) {
      rmSync(join(data, name), { recursive: true });
    }
    const items = await itemsOf(await create());
    expect(items.every(({ missing }) => missing === undefined)).toBe(true);
  });

  test('an item whose video is missing is an item that says so', async () => {
    rmSync(join(data, 'scannet/scene0011_00.mp4'));
    const items = await itemsOf(await create());
    const missing = items.filter((item) => item.missing !== undefined);
    expect(items).toHaveLength(11);
    expect(missing.map(({ groups }) => groups['scene'])).toEqual(Array(4).fill('scene0011_00'));
    expect(missing[0]!.missing).toBe(`There is no video ${join(data, 'scannet/scene0011_00.mp4')}`);
  });

  test('a video in another container is found', async () => {
    const at = join(data, 'scannet/scene0011_00');
    renameSync(`${at}.mp4`, `${at}.MP4`);
    const [, item] = await itemsOf(await create());
    expect(item).toMatchObject({ media: [{ kind: 'video', path: `${at}.MP4` }] });
    expect(item!.missing).toBeUndefined();
  });
});

describe('the subset', () => {
  const ids = async (options: object) => (await itemsOf(await create(options))).map(({ id }) => id);

  test('debiased leaves out what the pruning column marks', async () => {
    expect(await ids({})).toHaveLength(11);
    expect(await ids({ subset: 'debiased' })).toEqual((await ids({})).filter((id) => id !== '10'));
    expect((await create({ subset: 'debiased' })).setup.variant).toBe('debiased');
    expect((await create({ subset: 'debiased' })).facts.title).toBe('VSI-Bench, debiased');
  });

  test('debiased is read from a file of its own where there is one', async () => {
    const other = mkdtempSync(join(scratch, 'other-'));
    writeVsiFolder(other, media);
    renameSync(join(other, 'test-00000-of-00001.parquet'), join(data, 'test_debiased.parquet'));
    // Its own file decides, the column no longer.
    expect(await ids({ subset: 'debiased' })).toHaveLength(11);
    rmSync(join(data, 'test-00000-of-00001.parquet'));
    expect(await ids({ subset: 'debiased' })).toHaveLength(11);
    await expect(create()).rejects.toMatchObject({ code: 'benchmark-layout' });
  });

  test('the two halves that the hub has are the whole', async () => {
    renameSync(join(data, 'test-00000-of-00001.parquet'), join(data, 'test_debiased.parquet'));
    writeTable(join(data, 'test_pruned.parquet'), {
      id: { feature: 'string', values: ['99'] },
      dataset: { feature: 'string', values: ['scannet'] },
      scene_name: { feature: 'string', values: ['scene0011_00'] },
      question_type: { feature: 'string', values: ['object_counting'] },
      question: { feature: 'string', values: ['How many?'] },
      ground_truth: { feature: 'string', values: ['1'] },
    });
    expect(await ids({})).toHaveLength(12);
  });

  test('test.jsonl and the list of pruned ids are read as well', async () => {
    const items = await itemsOf(await create());
    rmSync(join(data, 'test-00000-of-00001.parquet'));
    const lines = items.map(({ id, groups, task, question, answer, options }) =>
      JSON.stringify({
        id: Number(id),
        dataset: groups['dataset'],
        scene_name: groups['scene'],
        question_type: task,
        question,
        ground_truth: answer,
        options: options.length === 0 ? null : options,
      }),
    );
    writeFileSync(join(data, 'test.jsonl'), lines.join('\n'));
    writeFileSync(join(data, 'pruned_ids.txt'), '0\n10\n');
    expect(await itemsOf(await create())).toEqual(items);
    const whole = await ids({});
    expect(await ids({ subset: 'debiased' })).toEqual(
      whole.filter((id) => !['0', '10'].includes(id)),
    );
  });

  test('debiased without either says which files and fields were looked for', async () => {
    writeTable(join(data, 'test-00000-of-00001.parquet'), {
      id: { feature: 'string', values: ['0'] },
      dataset: { feature: 'string', values: ['scannet'] },
    });
    const failure = ids({ subset: 'debiased' });
    await expect(failure).rejects.toMatchObject({ code: 'benchmark-subset' });
    await expect(failure).rejects.toThrow(
      /test_debiased\.parquet nor pruned_ids\.txt.*it has id, dataset/u,
    );
  });
});

describe('records', () => {
  test('a field that is missing is named with file and row', async () => {
    writeTable(join(data, 'test-00000-of-00001.parquet'), {
      id: { feature: 'string', values: ['0'] },
      scene_name: { feature: 'string', values: ['x'] },
    });
    const failure = create().then(itemsOf);
    await expect(failure).rejects.toMatchObject({ code: 'benchmark-record' });
    await expect(failure).rejects.toThrow(/test-00000.*row 1: "dataset".*"question_type"/u);
    await expect(failure).rejects.toThrow(/Its fields are: id, scene_name/u);
  });

  test('an unknown question type is an error that names it', async () => {
    writeTable(join(data, 'test-00000-of-00001.parquet'), {
      id: { feature: 'string', values: ['0'] },
      dataset: { feature: 'string', values: ['scannet'] },
      scene_name: { feature: 'string', values: ['x'] },
      question_type: { feature: 'string', values: ['object_height'] },
      question: { feature: 'string', values: ['How high?'] },
      ground_truth: { feature: 'string', values: ['1'] },
    });
    await expect(create().then(itemsOf)).rejects.toThrow(/item 0 .*"object_height"/u);
  });

  test('can be chosen by task, in a seeded order, the first so many', async () => {
    const tasks = ['object_counting', 'route_planning'];
    const items = await itemsOf(await create({ tasks }));
    expect(items.map(({ task }) => task)).toEqual([tasks[0], tasks[1], tasks[0]]);
    const shuffled = async (shuffle: number) =>
      (await itemsOf(await create({ shuffle, limit: 8 }))).map(({ id }) => id);
    expect(await shuffled(1)).toHaveLength(8);
    expect(await shuffled(1)).toEqual(await shuffled(1));
    expect(await shuffled(1)).not.toEqual(await shuffled(2));
    await expect(create({ tasks: [...tasks, 'object_countin'] }).then(itemsOf)).rejects.toThrow(
      /no item of the task "object_countin"; did you mean "object_counting"\? known: obj_appe/u,
    );
  });
});

describe('the prompt', () => {
  const asked = async (options: object, index: number) => {
    const benchmark = await create(options);
    return benchmark.render((await itemsOf(benchmark))[index]!);
  };

  test('official: what is shown, the question, the options, what to reply', async () => {
    expect(textOf(await asked({}, 4))).toBe(
      [
        '[media]',
        'You see frames of a video.',
        'Which of these objects is the closest to the sofa?',
        'Options:',
        'A. left',
        'B. right',
        'C. back',
        'Reply with the letter of the right option and nothing else.',
      ].join('\n'),
    );
    expect(textOf(await asked({}, 0))).toMatch(/one number and nothing else\.$/u);
  });

  test('thinking asks for tags, thinking-map for a map of the fixed categories as well', async () => {
    const thinking = textOf(await asked({ prompt: 'thinking' }, 0));
    expect(thinking).toContain('<think>');
    expect(thinking).not.toContain('<map>');
    const map = textOf(await asked({ prompt: 'thinking-map' }, 0));
    expect(map).toContain('<map>');
    expect(map).toContain(JSON.stringify(MAP_CATEGORIES));
    expect(MAP_CATEGORIES).toHaveLength(23);
  });

  test("the authors' own sentences can be put in place of ours", async () => {
    const wording = { announce: 'These are frames.', letter: 'Just the letter.' };
    const lines = textOf(await asked({ wording }, 4)).split('\n');
    expect([lines[1], lines.at(-1)]).toEqual(['These are frames.', 'Just the letter.']);
  });

  test('says how the video is read, which the setup tells too', async () => {
    const [part] = (await asked({}, 0))[0]!.parts;
    expect(part).toMatchObject({ type: 'media', frames: EVALUATION_FRAMES });
    const frames = { fps: 0, maxFrames: 8 };
    expect((await asked({ frames }, 0))[0]!.parts[0]).toMatchObject({ frames });
    expect((await create({ frames })).setup).toMatchObject({ prompt: 'official', frames });
  });
});

describe('scorers', () => {
  const [official, spacer, strict] = vsiScorers('thinking-map');
  const item = (task: string, answer: string) => ({
    id: task,
    task,
    groups: {},
    question: '',
    options: ['A. left', 'B. right'],
    answer,
  });
  const scores = (task: string, answer: string, output: string) =>
    [official, spacer!, strict!].map(
      (scorer) => scorer.score(item(task, answer), { status: 'answered', output }).score,
    );

  test('differ in what they take for an answer', () => {
    expect(scores('route_planning', 'B', '<answer>A</answer><answer>B</answer>')).toEqual([
      1, 0, 1,
    ]);
    expect(scores('route_planning', 'B', '<answer>B. left</answer>')).toEqual([1, 1, 0]);
    expect(scores('route_planning', 'B', 'B')).toEqual([1, 1, 0]);
    expect(scores('object_counting', '1', '<answer>a few</answer>')).toEqual([0, 1, 0]);
    expect(scores('object_counting', '25', '<answer>-25</answer>')).toEqual([0, 1, 0]);
    expect(scores('object_counting', '25', '<answer>25 m²</answer>')).toEqual([1, 1, 1]);
  });

  test('tell of a true 0, which ends the scripts, and count it; the strict one scores it', () => {
    const zero = item('object_counting', '0');
    const verdicts = [official, spacer!, strict!].map((scorer) =>
      scorer.score(zero, { status: 'answered', output: '<answer>0</answer>' }),
    );
    expect(verdicts.map(({ score }) => score)).toEqual([0, 0, 1]);
    expect(verdicts.map(({ referenceError }) => referenceError !== undefined)).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('a missing video leaves the denominator of SpaceR alone', () => {
    const rows = ['A', 'B'].map((answer, index) => ({ ...item('route_planning', answer), index }));
    const headlines = [official, spacer!, strict!].map((scorer) => {
      const scored = rows.map((row, index) => ({
        item: row,
        verdict: scorer.score(
          row,
          index === 0
            ? { status: 'answered', output: '<answer>A</answer>' }
            : { status: 'not-asked', reason: 'There is no video' },
        ),
      }));
      return scorer.aggregate(scored).sections['task']!['route_planning'];
    });
    expect(headlines).toEqual([
      { value: 0.5, count: 2 },
      { value: 1, count: 1 },
      { value: 0.5, count: 2 },
    ]);
  });
});
