import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { stiBench, stiScorers } from '../../src/index.ts';
import { namedLetter } from '../../src/sti-bench/scorers.ts';
import { writeStiFolder, writeTable } from '../../src/testing/index.ts';
import { createBenchmark, itemsOf, textOf } from '../support/create.ts';
import { namedMedia } from '../support/tiny-media.ts';

const scratch = mkdtempSync(join(tmpdir(), 'sti-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const media = namedMedia(scratch);

function folder(form?: 'struct' | 'json'): string {
  const data = mkdtempSync(join(scratch, 'data-'));
  writeStiFolder(data, media, form);
  return data;
}

/** A folder whose one item has these candidates, as a text. */
function folderWith(candidates: string): string {
  const data = folder();
  const text = (value: string) => ({ feature: 'string', values: [value] }) as const;
  writeTable(join(data, 'qa.parquet'), {
    ID: text('7'),
    Video: text('000012.mp4'),
    Source: text('Omni6DPose'),
    Task: text('Pose Estimation'),
    Question: text('Where?'),
    Candidates: text(candidates),
    Answer: text('B'),
    time_start: text('0.5'),
    time_end: text('2'),
  });
  return data;
}

const create = (data: string, options: object = {}) =>
  createBenchmark(stiBench, { data, ...options });

describe('records', () => {
  test('candidates as a group of fields and as JSON are the same; those that are null are none', async () => {
    const struct = await itemsOf(await create(folder('struct')));
    const json = await itemsOf(await create(folder('json')));
    const questions = struct.map(({ options, answer }) => ({ options, answer }));
    expect(json.map(({ options, answer }) => ({ options, answer }))).toEqual(questions);
    expect(struct[0]!.options).toEqual(['A. 0.5 m', 'B. 1.0 m', 'C. 1.5 m', 'D. 2.0 m']);
    expect(struct[1]!.options).toHaveLength(5);
  });

  test.each([
    ["{'A': 'left', 'B': 2, 'C': None}", ['A. left', 'B. 2']],
    ['[["A", "left"], ["B", "right"]]', ['A. left', 'B. right']],
    ['[{"key": "A", "value": "left"}, {"key": "B", "value": "right"}]', ['A. left', 'B. right']],
  ])('candidates written %s are read', async (candidates, options) => {
    const [item] = await itemsOf(await create(folderWith(candidates)));
    expect(item!.options.slice(0, 2)).toEqual(options);
  });

  test('candidates of no known form are an error that names the field', async () => {
    await expect(create(folderWith('left or right')).then(itemsOf)).rejects.toThrow(
      /row 1: "Candidates": no candidates by letter/u,
    );
  });

  test('an item is known by video and id, and asks about its span', async () => {
    const [item] = await itemsOf(await create(folderWith('{"A": "x", "B": "y"}')));
    expect(item).toMatchObject({
      id: '000012.mp4#7',
      task: 'Pose Estimation',
      groups: { scene: 'Omni6DPose' },
      question: 'From second 0.5 to second 2: Where?',
    });
  });
});

test('official shows thirty frames of any video, the thinking styles as SpaceR', async () => {
  const data = folder();
  const frames = async (prompt: string) => (await create(data, { prompt })).setup.frames;
  expect(await frames('official')).toMatchObject({ fps: 0, maxFrames: 30, maxPixels: 151_200 });
  expect(await frames('thinking')).toMatchObject({ fps: 1, maxFrames: 32, longestSide: 448 });
});

test('the prompt puts each candidate on a line', async () => {
  const benchmark = await create(folder());
  const text = textOf(benchmark.render((await itemsOf(benchmark))[1]!));
  expect(text).toContain('\nOptions:\nA. 0.5 m\nB. 1.0 m\n');
});

test('scorers differ over a sentence that ends in the letter', () => {
  const item = {
    id: 'x',
    task: 'Pose Estimation',
    groups: {},
    question: '',
    options: ['A. left', 'B. right'],
    answer: 'B',
  };
  const score = (output: string) =>
    stiScorers('official').map(
      (scorer) => scorer.score(item, { status: 'answered', output }).score,
    );
  expect(score('The best option is B')).toEqual([1, 0, 0]);
  expect(score('Answer: because of it')).toEqual([1, 1, 0]);
  expect(score('B. right')).toEqual([0, 0, 1]);
  expect(score('(B)')).toEqual([1, 1, 1]);
  const [official] = stiScorers('official');
  const empty = official.score(item, { status: 'answered', output: ' ' });
  expect(empty).toMatchObject({ score: 0, counted: true });
  expect(empty.referenceError).toBeDefined();
  const other = official.score({ ...item, answer: 'F' }, { status: 'answered', output: 'I say F' });
  expect(other).toMatchObject({ score: 1, answered: false });
});

test.each([
  ['Opt\u0131on b', 'B'],
  ['OPT\u0130ON B', 'B'],
  ['An\u017f = "b"', 'B'],
  ['B \u0130S CORRECT', 'B'],
  ['b wa\u017f correct', 'B'],
  ['x\u0345B.', 'B'],
  ['it was b.\x1c', 'B'],
  ['it was b.\ry', 'it was b.\ry'],
  ['it was b.\u2028y', 'it was b.\u2028y'],
])('%j names a letter in any case, at a line end, as Python reads both', (text, letter) => {
  expect(namedLetter(text)).toBe(letter);
});
