import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeDatasetContract, fakeLogger } from '@loci/core/testing';
import type { SampleSource, Split } from '@loci/core';
import { jsonl } from '../../src/jsonl/jsonl.ts';
import { dataRecord, recordJsonSchema } from '../../src/jsonl/record.ts';
import { recordFaults } from '../../src/jsonl/record-faults.ts';

const DOCS = join(import.meta.dirname, '../../../../docs');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loci-records-'));
  await mkdir(join(folder, 'videos'));
  for (const name of ['videos/a.mp4', 'videos/b.mp4', 'c.png']) {
    await writeFile(join(folder, name), Buffer.alloc(512));
  }
});
afterAll(() => rm(folder, { recursive: true }));

const LINES = [
  { id: 'one', question: 'How many rooms?', media: ['videos/a.mp4'], answer: 3, kind: 'counting' },
  {
    question: 'Is <image> in <video> or in <video>?',
    media: ['videos/a.mp4', 'videos/b.mp4', 'c.png'],
    options: ['the first', 'the second'],
    answer: 'the second',
    thinking: 'The sofa is green there.',
    map: { sofa: [[2, 3]] },
    meta: { by: 'me' },
  },
  {
    question: 'Why?',
    answer: 'because',
    split: 'test',
    media: [{ path: 'videos/b.mp4', second: 1.5 }],
  },
];

async function create(lines: readonly unknown[] = LINES, options: object = {}) {
  const file = join(await mkdtemp(join(folder, 'file-')), 'questions.jsonl');
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  await writeFile(file, `${text.join('\n')}\n`);
  const logger = fakeLogger();
  const context = { seed: 1, baseDirectory: folder, logger };
  const parsed = jsonl.options.parse({ file, mediaFolder: folder, ...options });
  return { dataset: await jsonl.create(parsed, context), logger, file };
}

const open = async (lines?: readonly unknown[], split: Split = 'train', options?: object) =>
  (await create(lines, options)).dataset.open(split);

const placesOf = (source: SampleSource) =>
  source.problems().map(({ line, key }) => `${line} ${key}`);

describeDatasetContract({ name: 'jsonl', create: async () => (await create()).dataset });

describe('a file of records', () => {
  test('becomes samples with all their media, by split', async () => {
    const train = await open();
    expect(train.size).toBe(2);
    expect(await train.at(0)).toEqual({
      id: 'one',
      problem: 'How many rooms?',
      options: [],
      problemType: 'numerical',
      solution: '<answer>3</answer>',
      media: [{ kind: 'video', path: join(folder, 'videos/a.mp4') }],
      source: 'jsonl',
      questionKind: 'counting',
    });
    expect(await train.at(1)).toMatchObject({
      id: 'line-2',
      options: ['A. the first', 'B. the second'],
      solution: '<answer>B</answer>',
      media: [{ kind: 'video' }, { kind: 'video' }, { kind: 'image' }],
      source: 'SR_dataset',
      demonstration:
        '<think><map>{"sofa":[[2,3]]}</map> The sofa is green there.</think><answer>B</answer>',
      meta: { by: 'me' },
    });
    const held = await open(LINES, 'test');
    expect(await held.at(0)).toMatchObject({
      id: 'line-3',
      problemType: 'free-form',
      media: [{ kind: 'image', path: join(folder, 'videos/b.mp4'), second: 1.5 }],
    });
    for (const source of [train, held]) await source.close();
  });

  test('names all faults at once, by line and key, and counts what can be used', async () => {
    const lines = [
      LINES[0],
      { ...LINES[0], answer: undefined, kind: 3 },
      '{"question": ',
      { ...LINES[0], id: 'other', media: ['videos/none.mp4', 'videos/a.mp4', '../out.mp4'] },
      { question: 'x', answer: 'y', split: 'tset' },
      { question: '', answer: 'y', split: 'test' },
      LINES[2],
    ];
    const { dataset, logger } = await create(lines);
    const train = await dataset.open('train');
    expect(placesOf(train)).toEqual([
      ...['2 answer', '2 kind', '2 id', '3 undefined'],
      ...['4 media[0]', '4 media[2]', '5 split'],
    ]);
    expect([train.size, train.records]).toEqual([1, 5]);
    expect(logger.lines[0]).toMatch(/1 of 5 records of the split train can be used/);
    const held = await dataset.open('test');
    expect(placesOf(held)).toEqual(['6 question']);
    expect([held.size, held.records]).toEqual([1, 2]);
    for (const source of [train, held]) await source.close();
  });

  test('an id that a question of the other split has is a fault', async () => {
    const lines = [
      { ...LINES[0], split: 'test' },
      LINES[0],
      { ...LINES[0], id: 'another' },
      'null',
    ];
    const train = await open(lines);
    expect(placesOf(train)).toEqual(['2 id', '4 undefined']);
    const held = await open(lines, 'test');
    expect(placesOf(held)).toEqual([]);
    for (const source of [train, held]) await source.close();
  });

  test('shows files elsewhere where the option allows it', async () => {
    const away = [{ question: 'x', answer: 'y', media: [join(folder, 'c.png')] }];
    const inside = { mediaFolder: join(folder, 'videos') };
    await expect(open(away, 'train', inside)).rejects.toThrow(/allowOutside/);
    const source = await open(away, 'train', { ...inside, allowOutside: true });
    expect((await source.at(0)).media[0]!.path).toBe(join(folder, 'c.png'));
    await source.close();
  });

  test('without a usable line, or without the split, is a named error', async () => {
    await expect(open([{ question: 'x' }])).rejects.toMatchObject({
      code: 'dataset-empty',
      message: expect.stringMatching(/:1: answer is missing$/),
      details: { records: 1 },
    });
    await expect(open([LINES[0]], 'test')).rejects.toMatchObject({
      code: 'split-missing',
      message: expect.stringMatching(/"split": "test"/),
    });
  });
});

describe('docs/data.md', () => {
  const page = readFileSync(join(DOCS, 'data.md'), 'utf8');

  test('its examples are records', () => {
    const blocks = [...page.matchAll(/```jsonl\n(.*?)```/gsu)];
    const lines = blocks.flatMap(([, block]) => block!.trim().split('\n'));
    expect(lines.length).toBeGreaterThanOrEqual(4);
    for (const line of lines) expect(recordFaults(JSON.parse(line))).toEqual([]);
  });

  test('its table has every key', () => {
    const [table] = page.slice(page.indexOf('| key |')).split('\n\n');
    const rows = [...table!.matchAll(/^\| `([a-zA-Z]+)` \|/gmu)].map(([, key]) => key);
    expect(rows).toEqual(Object.keys(dataRecord.shape));
  });

  test('the JSON schema beside it is that of the reader (LOCI_UPDATE=1 writes it)', () => {
    const file = join(dirname(join(DOCS, 'data.md')), 'data.schema.json');
    const text = `${JSON.stringify(recordJsonSchema(), undefined, 2)}\n`;
    if (process.env['LOCI_UPDATE'] === '1') writeFileSync(file, text);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(text));
  });
});
