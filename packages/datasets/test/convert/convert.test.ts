import { readFileSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ByteWriter, parquetWrite } from 'hyparquet-writer';
import { convertData, type Conversion, type ConvertedForm } from '../../src/convert/convert.ts';
import { openRecords } from '../../src/jsonl/open-records.ts';
import type { WrittenRecord } from '../../src/jsonl/record.ts';
import { SPACER_FILES, writeSpacerFolder } from '../../src/spacer/write-spacer-folder.ts';
import { spacerRecord } from '../spacer/spacer-record.ts';

let home: string;
let count = 0;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'loci-convert-'));
  await mkdir(join(home, 'videos'));
  for (const name of ['videos/a.mp4', 'videos/b.mp4', 'a.jpg', 'b.jpg']) {
    await writeFile(join(home, name), Buffer.alloc(512));
  }
});
afterAll(() => rm(home, { recursive: true }));

interface Converted extends Conversion {
  readonly lines: readonly WrittenRecord[];
  readonly out: string;
}

/** Converts, and opens the result as a run would: nothing of it may have a fault. */
async function convertFile(from: ConvertedForm, file: string): Promise<Converted> {
  const out = join(home, `out-${++count}`);
  const conversion = await convertData({ from, file, out });
  const text = readFileSync(conversion.file, 'utf8').trimEnd();
  const place = { file: conversion.file, mediaFolder: out };
  const source = await openRecords({ ...place, split: 'train' });
  expect(source.problems()).toEqual([]);
  expect(source.size).toBe(conversion.records);
  await source.close();
  const lines = text.split('\n').map((line) => JSON.parse(line) as WrittenRecord);
  return { ...conversion, lines, out };
}

async function convertRows(from: ConvertedForm, rows: readonly unknown[], asList = false) {
  const file = join(home, `rows-${++count}.json`);
  const lines = rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row)));
  await writeFile(file, asList ? `[${lines.join(',\n')}]` : lines.join('\n'));
  return convertFile(from, file);
}

const reasons = (counts: Conversion['notTaken']): readonly string[] =>
  counts.map(({ reason, rows }) => `${rows} ${reason}`);

test('SpaceR-151k with its maps and demonstrations', async () => {
  const folder = await mkdtemp(join(home, 'spacer-'));
  await mkdir(join(folder, 'videos'));
  await writeFile(join(folder, 'videos/a.mp4'), Buffer.alloc(512));
  const choice = { options: ['A. one', 'B. two'], problem_type: 'multiple choice' } as const;
  await writeSpacerFolder(folder, {
    records: [
      spacerRecord(1),
      spacerRecord(2, { ...choice, solution: '<answer>B</answer>', data_source: 'other' }),
      spacerRecord(3, { path: 'videos/none.mp4' }),
      spacerRecord(4, { solution: '' }),
    ],
    maps: [{ video_id: 'a', cognitive_map: { chair: [[1, 2]] }, object_list: ['chair'] }],
    demonstrations: [
      {
        problem_id: 1,
        question_kind: 'counting',
        demonstration: '<think>two of them</think><answer>2</answer>',
      },
    ],
  });
  const { lines, notTaken } = await convertFile('spacer', join(folder, SPACER_FILES.records));
  expect(lines).toEqual([
    {
      id: 1,
      question: 'how many chairs?',
      media: ['media/videos/a.mp4'],
      answer: '2',
      type: 'numerical',
      kind: 'counting',
      map: { chair: [[1, 2]] },
      thinking: 'two of them',
      meta: { source: 'SR_dataset' },
    },
    {
      id: 2,
      question: 'how many chairs?',
      media: ['media/videos/a.mp4'],
      options: ['A. one', 'B. two'],
      answer: 'B',
      type: 'multiple choice',
      meta: { source: 'other' },
    },
  ]);
  expect(reasons(notTaken)).toEqual([
    `1 a file that is not in ${folder}`,
    '1 a record that SpaceR-151k would not have',
  ]);
});

test('ms-swift: markers, columns, an answer of its own, options in the text', async () => {
  const user = (content: unknown) => ({ role: 'user', content });
  const { lines, notTaken, leftOut } = await convertRows('ms-swift', [
    {
      messages: [
        { role: 'system', content: 'You see well.' },
        user('<image>Is it in <video>?\nOptions:\nA. yes\nB. no'),
        { role: 'assistant', content: '<think>I see it.</think><answer>A</answer>' },
      ],
      images: ['a.jpg'],
      videos: ['videos/a.mp4'],
    },
    {
      messages: [user('<video>How many?')],
      videos: ['videos/b.mp4'],
      solution: '<answer>3</answer>',
    },
    {
      query: '<image>What?',
      response: 'a cup',
      tools: '[]',
      audios: [],
      images: [{ path: 'b.jpg' }],
    },
    { messages: [user('<video>How?')], videos: [['a.jpg', 'b.jpg']], solution: '1' },
    { messages: [user('<image>?')], solution: '1' },
    { messages: [user('Nothing said')] },
    { messages: [{ role: 'tool', content: 'x' }, user('?')], solution: '1' },
    { text: 'plain' },
    '{"messages": ',
  ]);
  expect(lines).toEqual([
    {
      question: '<image>Is it in <video>?',
      media: ['media/a.jpg', 'media/videos/a.mp4'],
      options: ['A. yes', 'B. no'],
      answer: 'A',
      thinking: 'I see it.',
    },
    { question: '<video>How many?', media: ['media/videos/b.mp4'], answer: '3' },
    { question: '<image>What?', media: ['media/b.jpg'], answer: 'a cup' },
  ]);
  expect(reasons(notTaken)).toEqual([
    '1 a video as a list of frames',
    '1 question has … <image>, but media has … of that kind',
    expect.stringMatching(/^1 no answer/),
    '1 a turn of the role "tool"',
    '1 none of the keys "messages", "conversations", "query"',
    '1 not JSON',
  ]);
  expect(reasons(leftOut)).toEqual([
    '1 system texts, which the prompt of a run replaces',
    '1 the column "tools"',
  ]);
});

test('TRL: prompt and completion, parts with their media or in columns', async () => {
  const { lines, leftOut } = await convertRows('trl', [
    {
      prompt: [
        { role: 'user', content: [{ type: 'image' }, { type: 'text', text: 'What is it?' }] },
      ],
      completion: [{ role: 'assistant', content: 'a lamp' }],
      images: ['a.jpg'],
    },
    {
      prompt: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Why? ' },
            { type: 'video', video: 'videos/a.mp4' },
          ],
        },
      ],
      solution: 'so',
    },
    { prompt: 'One and one?', completion: '2' },
    {
      messages: [
        { role: 'user', content: 'First?' },
        { role: 'assistant', content: 'yes' },
        { role: 'user', content: 'Second?' },
        { role: 'assistant', content: 'no' },
      ],
    },
  ]);
  expect(lines).toEqual([
    { question: '<image>What is it?', media: ['media/a.jpg'], answer: 'a lamp' },
    { question: 'Why? <video>', media: ['media/videos/a.mp4'], answer: 'so' },
    { question: 'One and one?', media: [], answer: '2' },
    { question: 'First?', media: [], answer: 'yes' },
  ]);
  expect(reasons(leftOut)).toEqual(['1 later turns of a conversation']);
});

test('LLaVA: one JSON list, one or several images, a video, ids that come twice', async () => {
  const turns = (question: string, answer: string) => [
    { from: 'human', value: question },
    { from: 'gpt', value: answer },
  ];
  const rows = [
    { id: 'x', image: 'a.jpg', conversations: turns('<image>\nWhat?', 'a cup') },
    {
      id: 'x',
      image: ['a.jpg', 'b.jpg'],
      conversations: turns('<image> or <image>?', 'the first'),
    },
    { id: 'y', video: 'videos/a.mp4', conversations: turns('<video>\nWhere?', 'here') },
    { id: 'z', image: 'https://example.org/c.jpg', conversations: turns('<image>\nWho?', 'she') },
    { id: 'w', image: '../outside.jpg', conversations: turns('<image>\nWho?', 'she') },
  ];
  const { lines, notTaken, leftOut } = await convertRows('llava', rows, true);
  expect(lines.map(({ id, media }) => [id, media])).toEqual([
    ['x', ['media/a.jpg']],
    [undefined, ['media/a.jpg', 'media/b.jpg']],
    ['y', ['media/videos/a.mp4']],
  ]);
  expect(notTaken.map(({ first }) => first)).toEqual([
    'item 4: https://example.org/c.jpg',
    'item 5: ../outside.jpg',
  ]);
  expect(reasons(leftOut)).toEqual(['1 ids that another row has too']);
});

describe('parquet', () => {
  const PNG = Buffer.concat([Buffer.from('\x89PNG\r\n', 'latin1'), Buffer.alloc(500)]);
  const rows = [
    { id: 1n, question: 'What?', answer: 'a cup', image: { bytes: PNG, path: 'x.png' } },
    { id: 2n, question: 'What now?', answer: 'a cup', image: { bytes: PNG, path: null } },
    {
      id: 3n,
      question: 'What else?',
      answer: 'a jar',
      image: { bytes: Buffer.from('none'), path: '' },
    },
  ];

  function parquetBytes(): Uint8Array {
    const writer = new ByteWriter();
    const optional = { repetition_type: 'OPTIONAL' } as const;
    const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8', ...optional } as const;
    const names = ['id', 'question', 'answer', 'image'] as const;
    parquetWrite({
      writer,
      columnData: names.map((name) => ({ name, data: rows.map((row) => row[name]) })),
      schema: [
        { name: 'schema', num_children: 4 },
        { name: 'id', type: 'INT64', ...optional },
        ...['question', 'answer'].map((name) => ({ name, ...text })),
        { name: 'image', num_children: 2, ...optional },
        { name: 'bytes', type: 'BYTE_ARRAY', ...optional },
        { name: 'path', ...text },
      ],
    });
    return new Uint8Array(writer.getBytes());
  }

  test('with images inside: each is written once, whatever its name was', async () => {
    const file = join(home, 'rows.parquet');
    await writeFile(file, parquetBytes());
    const { lines, notTaken, out } = await convertFile('parquet', file);
    const [image, ...others] = readdirSync(join(out, 'images'));
    expect(others).toEqual([]);
    expect(readFileSync(join(out, 'images', image!))).toEqual(PNG);
    expect(lines).toEqual([
      { id: '1', question: 'What?', media: [`images/${image}`], answer: 'a cup' },
      { id: '2', question: 'What now?', media: [`images/${image}`], answer: 'a cup' },
    ]);
    expect(reasons(notTaken)).toEqual(['1 bytes that are no image']);
  });

  test('a file that is none is a named error', async () => {
    const file = join(home, 'broken.parquet');
    await writeFile(file, 'PAR1 and no more');
    await expect(convertFile('parquet', file)).rejects.toMatchObject({ code: 'convert-file' });
  });
});

describe('a conversion', () => {
  test('of nothing usable leaves no file, and says why', async () => {
    await expect(convertRows('llava', [{ a: 1 }])).rejects.toMatchObject({
      code: 'convert-nothing',
      message: expect.stringMatching(/None of the 1 rows .*"conversations" \(line 1\)$/),
    });
    expect(readdirSync(join(home, `out-${count}`))).toEqual([]);
  });

  test('overwrites no records, and names a file that is not there', async () => {
    const { out } = await convertRows('trl', [{ prompt: 'x', solution: 'y' }]);
    await expect(
      convertData({ from: 'trl', file: join(home, 'none.jsonl'), out }),
    ).rejects.toMatchObject({ code: 'convert-out' });
    await expect(
      convertData({ from: 'trl', file: join(home, 'none.jsonl'), out: join(home, 'new') }),
    ).rejects.toMatchObject({ code: 'convert-file' });
  });
});
