import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { describeDatasetContract } from '@loci/core/testing';
import { ExcludeList } from '../../src/spacer/exclude-list.ts';
import { spacer151k } from '../../src/spacer/spacer-151k.ts';
import { openSpacerFolder } from '../../src/spacer/spacer-folder.ts';
import { SPACER_FILES, writeSpacerFolder } from '../../src/spacer/write-spacer-folder.ts';
import { spacerRecord as record } from './spacer-record.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loci-spacer-'));
  await mkdir(join(folder, 'videos'));
  for (const name of ['a', 'b']) await writeFile(join(folder, 'videos', `${name}.mp4`), 'video');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const MAP = { video_id: 'a', cognitive_map: { chair: [[1, 2]] as const }, object_list: ['chair'] };

const open = (recordsFile: string = SPACER_FILES.records) =>
  openSpacerFolder({ folder, recordsFile, mapsFile: SPACER_FILES.maps });

async function writeLines(...lines: readonly string[]): Promise<void> {
  await mkdir(join(folder, 'annotation'), { recursive: true });
  await writeFile(join(folder, SPACER_FILES.maps), `${JSON.stringify(MAP)}\n`);
  await writeFile(join(folder, SPACER_FILES.records), lines.join('\n'));
}

describeDatasetContract({
  name: 'spacer-151k',
  splits: ['train'],
  create: async () => {
    await writeLines(JSON.stringify(record(1)), JSON.stringify(record(2)));
    const logger = { info: () => undefined, warn: () => undefined };
    const options = spacer151k.options.parse({ folder });
    return spacer151k.create(options, { seed: 0, baseDirectory: '/', logger });
  },
});

describe('openSpacerFolder', () => {
  test('reads back what was written', async () => {
    await writeSpacerFolder(folder, {
      records: [
        record(7),
        record('x', {
          problem_type: 'multiple choice',
          options: ['A. é', 'B. 桌子'],
          solution: '<answer>B</answer>',
        }),
      ],
      maps: [MAP],
      demonstrations: [{ problem_id: 'x', question_kind: 'counting', demonstration: '<think>…' }],
    });
    const source = await openSpacerFolder({
      folder,
      recordsFile: SPACER_FILES.records,
      mapsFile: SPACER_FILES.maps,
      demonstrationsFile: SPACER_FILES.demonstrations,
    });
    expect(source.problems()).toEqual([]);
    expect(await source.at(0)).toEqual({
      id: '7',
      problem: 'how many chairs?',
      options: [],
      problemType: 'numerical',
      solution: '<answer>2</answer>',
      media: [{ kind: 'video', path: join(folder, 'videos/a.mp4') }],
      source: 'SR_dataset',
      map: { chair: [[1, 2]] },
    });
    expect(await source.at(1)).toMatchObject({
      options: ['A. é', 'B. 桌子'],
      questionKind: 'counting',
    });
    await source.close();
  });

  test('bad lines are named with file, line and reason, and skipped', async () => {
    await writeLines(
      '\uFEFF' + JSON.stringify(record(1)) + '\r',
      '{"problem_id": 2, "problem"',
      '',
      '[1, 2]',
      JSON.stringify(record(3, { problem_type: 'riddle' as 'OCR' })),
      JSON.stringify(record(1)),
      JSON.stringify({ ...record(5), solution: undefined }),
      JSON.stringify(record(6, { problem_type: 'multiple choice' })),
      JSON.stringify({ ...record(7), data_type: 'sound' }),
      JSON.stringify(record(8)),
    );
    const source = await open();
    expect(source.size).toBe(2);
    expect((await source.at(1)).id).toBe('8');
    const file = join(folder, SPACER_FILES.records);
    expect(source.problems()).toEqual([
      { file, line: 2, reason: expect.stringContaining('not JSON') },
      { file, line: 4, reason: 'not a JSON object' },
      { file, line: 5, reason: expect.stringContaining('problem_type "riddle"') },
      { file, line: 6, reason: 'problem_id 1 was already used on line 1' },
      { file, line: 7, reason: expect.stringContaining('solution') },
      { file, line: 8, reason: expect.stringContaining('at least two choices') },
      { file, line: 9, reason: expect.stringContaining('data_type "sound"') },
    ]);
    expect(source.problemSummary).toBe('7 skipped lines');
    await source.close();
  });

  test('missing media and missing maps are counted and named at the end', async () => {
    await writeLines(
      JSON.stringify(record(1, { path: 'videos/gone.mp4' })),
      JSON.stringify(record(2, { path: 'videos/gone.mp4' })),
      JSON.stringify(record(3, { path: 'videos/b.mp4' })),
      JSON.stringify(record(4, { path: 'videos/b.mp4' })),
      JSON.stringify(record(5, { path: 'videos/b.mp4', data_source: 'other' })),
    );
    const source = await open();
    expect(source.size).toBe(3);
    expect((await source.at(0)).map).toBeUndefined();
    expect(source.problemSummary).toBe('2 skipped lines, 1 missing media files, 1 missing maps');
    const reasons = source.problems().map(({ reason }) => reason);
    expect(reasons.slice(-2)).toEqual([
      'the video is missing',
      'no map of b; its questions have none',
    ]);
    await source.close();
  });

  test('a missing file, and a file without a usable line, are errors', async () => {
    await expect(open()).rejects.toMatchObject({ code: 'file-missing' });
    await writeLines('nothing');
    await expect(open()).rejects.toMatchObject({ code: 'dataset-empty' });
    await expect(open()).rejects.toThrow(/line 1: not JSON/u);
    await writeLines(JSON.stringify(record(1)));
    const exclude = new ExcludeList(['a.mp4']);
    const files = { recordsFile: SPACER_FILES.records, mapsFile: SPACER_FILES.maps };
    await expect(openSpacerFolder({ folder, ...files, exclude })).rejects.toThrow(
      /all 1 are excl/u,
    );
  });

  test('a long list of problems is cut and counted', async () => {
    await writeLines(...Array.from({ length: 500 }, () => 'x'), JSON.stringify(record(1)));
    const source = await open();
    expect(source.problems()).toHaveLength(201);
    expect(source.problems().at(-1)!.reason).toBe(
      '500 skipped lines in all; the first 200 are listed',
    );
    await source.close();
  });

  test('of 40,000 records less than half of what they say stays in memory', async () => {
    const file = createWriteStream(join(folder, 'large.jsonl'));
    const padding = 'where is the chair? '.repeat(20);
    for (let id = 0; id < 40_000; id++) {
      const line = JSON.stringify(record(id, { problem: `${padding}${id}`, data_source: 'other' }));
      if (!file.write(`${line}\n`)) await once(file, 'drain');
    }
    file.end();
    await once(file, 'finish');
    await writeFile(join(folder, 'maps.jsonl'), '');
    collectGarbage();
    const before = process.memoryUsage();
    const source = await openSpacerFolder({
      folder,
      recordsFile: 'large.jsonl',
      mapsFile: 'maps.jsonl',
    });
    collectGarbage();
    const after = process.memoryUsage();
    expect(source.size).toBe(40_000);
    expect((await source.at(39_999)).problem.endsWith('?  39999'.slice(2))).toBe(true);
    const retained = after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers;
    expect(retained).toBeLessThan((await stat(join(folder, 'large.jsonl'))).size / 2);
    await source.close();
  });
});

describe('the plugin', () => {
  const warnings: string[] = [];
  const context = () => ({
    seed: 0,
    baseDirectory: folder,
    logger: { info: () => undefined, warn: (line: string) => void warnings.push(line) },
  });

  test('opens the splits that have a file and warns of problems', async () => {
    await writeLines(JSON.stringify(record(1)), 'bad');
    const dataset = await spacer151k.create(
      spacer151k.options.parse({ folder: '.', testFile: SPACER_FILES.records }),
      context(),
    );
    const [train, held] = [await dataset.open('train'), await dataset.open('test')];
    expect([train.size, held.size]).toEqual([1, 1]);
    expect(warnings[0]).toMatch(/1 records can be used; 1 skipped lines/u);
    await Promise.all([train.close(), held.close()]);
  });

  test('leaves out what is excluded from training, and not from the test split', async () => {
    await writeLines(
      JSON.stringify(record(1)),
      JSON.stringify(record(2, { path: 'videos/b.mp4' })),
    );
    await writeFile(join(folder, 'exclude_list.txt'), 'b.mp4\nc.mp4\n');
    const dataset = await spacer151k.create(
      spacer151k.options.parse({
        folder: '.',
        testFile: SPACER_FILES.records,
        excludeFile: 'exclude_list.txt',
      }),
      context(),
    );
    const [train, held] = [await dataset.open('train'), await dataset.open('test')];
    expect([train.size, held.size]).toEqual([1, 2]);
    expect((await train.at(0)).id).toBe('1');
    expect(train.problems()).toEqual([]);
    await Promise.all([train.close(), held.close()]);
  });

  test('says that there is no test split', async () => {
    const dataset = await spacer151k.create(spacer151k.options.parse({ folder: '.' }), context());
    await expect(dataset.open('test')).rejects.toMatchObject({ code: 'split-missing' });
  });
});

describe('paths that leave the folder', () => {
  const outside = async (): Promise<string> => {
    const other = await mkdtemp(join(tmpdir(), 'loci-elsewhere-'));
    await writeFile(join(other, 'x.mp4'), 'video');
    return join(other, 'x.mp4');
  };

  test('are skipped and named, whether written with .. or from the root', async () => {
    const file = await outside();
    const paths = [relative(folder, file), file, `videos/../${relative(folder, file)}`];
    await writeLines(
      ...paths.map((path, index) => JSON.stringify(record(index, { path }))),
      JSON.stringify(record(9)),
    );
    const source = await open();
    expect(source.size).toBe(1);
    const reasons = source.problems().filter(({ line }) => line !== undefined);
    expect(reasons.map(({ line }) => line)).toEqual([1, 2, 3]);
    for (const { reason } of reasons) expect(reason).toContain('allowOutside');
    await source.close();
  });

  test('are read where the option allows it', async () => {
    const path = await outside();
    await writeLines(JSON.stringify(record(1, { path })));
    const source = await openSpacerFolder({
      ...{ folder, recordsFile: SPACER_FILES.records, mapsFile: SPACER_FILES.maps },
      allowOutside: true,
    });
    expect((await source.at(0)).media[0]!.path).toBe(path);
    await source.close();
  });

  test('a link inside the folder may point anywhere', async () => {
    await symlink(await outside(), join(folder, 'videos', 'linked.mp4'));
    await writeLines(JSON.stringify(record(1, { path: 'videos/linked.mp4' })));
    const source = await open();
    expect(source.size).toBe(1);
    await source.close();
  });

  test('an absent optional file does not hide why no record can be used', async () => {
    await writeFile(join(folder, SPACER_FILES.records), '{"problem_id": 1}\n');
    await expect(
      openSpacerFolder({
        ...{ folder, recordsFile: SPACER_FILES.records, mapsFile: 'absent.jsonl' },
        demonstrationsFile: 'absent-too.jsonl',
      }),
    ).rejects.toThrow('line 1: problem must be a text');
  });
});
