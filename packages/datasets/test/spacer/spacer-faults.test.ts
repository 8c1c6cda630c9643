/** Records, media and files that a run could do nothing with. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { SpacerRecord } from '../../src/spacer/record.ts';
import { openSpacerFolder } from '../../src/spacer/spacer-folder.ts';
import { SPACER_FILES } from '../../src/spacer/write-spacer-folder.ts';
import { spacerRecord as record } from './spacer-record.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loci-spacer-'));
  for (const name of ['videos', 'annotation']) await mkdir(join(folder, name));
  await writeFile(join(folder, 'videos/a.mp4'), 'video');
  const map = { video_id: 'a', cognitive_map: { chair: [[1, 2]] }, object_list: ['chair'] };
  await writeFile(join(folder, SPACER_FILES.maps), `${JSON.stringify(map)}\n`);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (recordsFile: string = SPACER_FILES.records) =>
  openSpacerFolder({ folder, recordsFile, mapsFile: SPACER_FILES.maps });

const writeLines = (...lines: readonly string[]) =>
  writeFile(join(folder, SPACER_FILES.records), lines.join('\n'));

test('answers that nothing could earn are named', async () => {
  const choice = { problem_type: 'multiple choice', options: ['A. bed', 'B. desk'] } as const;
  const solved = (id: number, answer: string, fields: Partial<SpacerRecord> = {}) =>
    JSON.stringify(record(id, { solution: `<answer>${answer}</answer>`, ...fields }));
  await writeLines(
    solved(1, ''),
    solved(2, 'many'),
    solved(3, 'far', { problem_type: 'regression' }),
    solved(4, 'C', choice),
    solved(5, 'desk', choice),
    ...['two', '1,234.5 m'].map((answer, index) => solved(6 + index, answer)),
    ...['b', '(B)', 'B. desk'].map((answer, index) => solved(8 + index, answer, choice)),
    solved(11, 'B', { ...choice, options: ['bed', 'desk'] }),
    solved(12, 'D', { ...choice, options: ['C. bed', 'D. desk'] }),
    solved(13, 'anything', { problem_type: 'free-form' }),
    solved(14, 'B', { ...choice, options: ['a bed', 'a desk'] }),
    solved(16, 'AB', choice),
    solved(17, 'A, B', choice),
    solved(15, 'a desk', { ...choice, options: ['a bed', 'a desk'] }),
  );
  const source = await open();
  expect(source.size).toBe(12);
  expect(source.problems().map(({ line, reason }) => [line, reason])).toEqual([
    [1, 'solution holds no answer'],
    [2, 'solution "many" holds no number, but the problem is numerical'],
    [3, 'solution "far" holds no number, but the problem is regression'],
    [4, 'solution "C" is none of the options A, B'],
    [5, 'solution "desk" is none of the options A, B'],
  ]);
  await source.close();
});

test('media that are no files of their own are named', async () => {
  await writeFile(join(folder, 'videos/empty.mp4'), '');
  await writeFile(
    join(folder, 'videos/pointer.mp4'),
    'version https://git-lfs.github.com/spec/v1\n',
  );
  const paths = ['videos', 'videos/empty.mp4', 'videos/pointer.mp4', 'videos/a.mp4'];
  await writeLines(...paths.map((path, id) => JSON.stringify(record(id, { path }))));
  const source = await open();
  expect(source.size).toBe(1);
  expect(source.problems().map(({ reason }) => reason)).toEqual([
    'its media file videos is a folder',
    'its media file videos/empty.mp4 is an empty file',
    expect.stringContaining('git lfs pull'),
    'the video is a folder',
    'the video is an empty file',
    expect.stringContaining('git lfs pull'),
  ]);
  await source.close();
});

test.each([
  ['a list', JSON.stringify([record(1)], undefined, 1), /is one JSON list.*jq -c/u],
  ['a pointer', 'version https://git-lfs.github.com/spec/v1\n', /git lfs pull/u],
  ['compressed', Buffer.of(0x1f, 0x8b, 8, 0), /is compressed/u],
  ['UTF-16', Buffer.from(`\uFEFF${JSON.stringify(record(1))}`, 'utf16le'), /is UTF-16/u],
])('a file that is no lines of JSON is told as such: %s', async (_, content, message) => {
  await writeLines();
  await writeFile(join(folder, SPACER_FILES.records), content);
  await expect(open()).rejects.toMatchObject({
    code: 'not-json-lines',
    message: expect.stringMatching(message),
  });
  await expect(open('videos')).rejects.toThrow(/videos is a folder/u);
});
