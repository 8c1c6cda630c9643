import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ScoredRow } from '@loci/core';
import { describeBenchmarkContract } from '@loci/core/testing';
import { revsi, revsiScorers } from '../src/index.ts';
import { writeRevsiFolder, writeTable } from '../src/testing/index.ts';
import { createBenchmark, itemsOf, textOf } from './support/create.ts';
import { namedMedia } from './support/tiny-media.ts';

const data = mkdtempSync(join(tmpdir(), 'revsi-'));
afterAll(() => rmSync(data, { recursive: true }));
beforeAll(() => {
  writeRevsiFolder(data, namedMedia(data));
  writeRevsiFolder(data, namedMedia(data), '16_frame');
});

const create = (options: object = {}) => createBenchmark(revsi, { data, ...options });

for (const prompt of ['official', 'thinking']) {
  describeBenchmarkContract({
    name: `revsi, ${prompt}`,
    create: () => create({ prompt }),
    gold: ({ answer }) => (prompt === 'official' ? answer : `<answer>${answer}</answer>`),
  });
}

test('a subset is read from its own folder and shown in its number of frames', async () => {
  const benchmark = await create({ subset: '16_frame' });
  const items = await itemsOf(benchmark);
  expect(items).toHaveLength(13);
  expect(items[1]!.media).toEqual([
    { kind: 'video', path: join(data, '16_frame/scene0011_00.mp4') },
  ]);
  expect(benchmark.setup).toMatchObject({
    variant: '16_frame',
    frames: { fps: 0, maxFrames: 16 },
  });
  expect(textOf(benchmark.render(items[6]!))).toMatch(
    /^\[media\]\nYou see frames.*\n.*\nOptions:\nA\. chair\nB\. table\nReply with the letter/u,
  );
});

test('a subset that is not there is named with how it is got, a video that is not there by its item', async () => {
  await expect(create({ subset: '64_frame' })).rejects.toThrow(
    /64_frame\/test-\*\.parquet: the questions.*\n.*unpack video\.zip here\n.*3dlg-hcvc\/ReVSI/u,
  );
  rmSync(join(data, '16_frame/scene0011_00.mp4'));
  const items = await itemsOf(await create({ subset: '16_frame' }));
  expect(items.flatMap(({ id, missing }) => (missing ? [id] : []))).toEqual(['1', '4', '7', '10']);
});

test('a question type that is none of the thirteen is an error with file, row and field', async () => {
  writeRevsiFolder(join(data, 'other'), namedMedia(data), '32_frame');
  writeTable(join(data, 'other/32_frame/test-00000-of-00001.parquet'), {
    id: { feature: 'int64', values: [0n] },
    question_type: { feature: 'string', values: ['object_rel_distance'] },
  });
  const items = create({ data: join(data, 'other'), subset: '32_frame' }).then(itemsOf);
  await expect(items).rejects.toThrow(/row 1: "scene_id".*"question_type"/u);
});

const [official, strict] = revsiScorers('official');

function scored(task: string, answer: string, output: string, scorer = official): ScoredRow {
  const item = { id: `${task} ${output}`, task, groups: {}, question: '', options: [], answer };
  return { item, verdict: scorer.score(item, { status: 'answered', output }) };
}

test('the first word is the answer, its full stops and the space around it aside', () => {
  const scores = (task: string, answer: string, output: string) =>
    [official, strict!].map((scorer) => scored(task, answer, output, scorer).verdict.score);
  expect(scores('route_planning', 'B', '\n b. ')).toEqual([1, 1]);
  expect(scores('route_planning', 'B', 'B because of the lamp')).toEqual([1, 0]);
  expect(scores('object_abs_distance', '3.2', '3.52')).toEqual([0.9, 0.9]);
  expect(scores('object_counting_single', '2', 'two')).toEqual([0, 0]);
  const zero = scored('object_counting_single', '0', '0').verdict;
  expect(zero).toMatchObject({ score: 0, answered: true });
  expect(zero.referenceError).toBeUndefined();
});

test('the headline is the mean of the tasks, each the mean of its question types', () => {
  const rows = [
    scored('object_rel_direction_forward_easy', 'A', 'A'),
    scored('object_rel_direction_forward_easy', 'A', 'A.'),
    scored('object_rel_direction_backward_hard', 'A', 'B'),
    scored('route_planning', 'A', 'A'),
  ];
  const { headline, sections } = official.aggregate(rows);
  expect(headline).toEqual({ value: 0.75, count: 4 });
  expect(sections['task']).toEqual({
    object_rel_direction: { value: 0.5, count: 3 },
    route_planning: { value: 1, count: 1 },
  });
});
