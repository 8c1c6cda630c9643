import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { parquetRecords, parseCues, parseSubtitleEntries, recordsOf } from '../../src/index.ts';
import { parquetFields } from '../../src/reading/parquet.ts';
import { sampleSubtitles } from '../../src/reading/subtitles.ts';
import { writeTable } from '../../src/testing/index.ts';

const scratch = mkdtempSync(join(tmpdir(), 'reading-'));
afterAll(() => rmSync(scratch, { recursive: true }));

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('parquet', () => {
  const path = join(scratch, 'rows.parquet');

  test('columns of every feature come back as they were written', async () => {
    const bytes = Uint8Array.from([0x89, 0xff, 0x00, 0x80]);
    writeTable(path, {
      text: { feature: 'string', values: ['ä', null] },
      whole: { feature: 'int64', values: [1n, 2n ** 53n + 1n] },
      real: { feature: 'float64', values: [0.1, -2] },
      flag: { feature: 'bool', values: [true, false] },
      list: { feature: 'strings', values: [['a', 'b'], null] },
      images: { feature: 'images', values: [[{ bytes, path: 'x' }], [{ bytes, path: null }]] },
      group: {
        feature: 'struct',
        values: [
          { A: '1', B: null },
          { A: null, B: '2' },
        ],
      },
    });
    const rows = await all(parquetRecords(path, z.looseObject({})));
    expect(rows[0]).toMatchObject({
      text: 'ä',
      whole: 1n,
      real: 0.1,
      flag: true,
      list: ['a', 'b'],
    });
    expect(rows[0]!['images']).toEqual([{ bytes, path: 'x' }]);
    expect(rows[1]).toMatchObject({
      text: null,
      whole: 2n ** 53n + 1n,
      group: { A: null, B: '2' },
    });
    expect(await parquetFields(path)).toEqual([
      'text',
      'whole',
      'real',
      'flag',
      'list',
      'images',
      'group',
    ]);
  });

  test('a file that is none, or is cut short, is named', async () => {
    writeFileSync(join(scratch, 'none.parquet'), 'PAR1 and nothing of the kind');
    for (const name of ['none.parquet', 'absent.parquet']) {
      const failure = all(parquetRecords(join(scratch, name), z.looseObject({})));
      await expect(failure).rejects.toMatchObject({ code: 'benchmark-file' });
      await expect(failure).rejects.toThrow(name);
    }
  });

  test.each([
    ['', /it is empty$/u],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:0\n', /a pointer of Git LFS/u],
    ['PAR1 and nothing of the kind', /was not downloaded completely/u],
  ])('a file that begins with "%s" says what it is instead', async (content, why) => {
    const name = join(scratch, 'instead.parquet');
    writeFileSync(name, content);
    await expect(all(parquetRecords(name, z.looseObject({})))).rejects.toThrow(why);
    await expect(parquetFields(name)).rejects.toThrow(why);
  });
});

test('lines of JSON are records too, and a broken one is named by its line', async () => {
  const path = join(scratch, 'lines.jsonl');
  writeFileSync(path, '{"id": 1}\n\n{"id": 2}\n{"id": ');
  const schema = z.looseObject({ id: z.number() });
  await expect(all(recordsOf([path], schema))).rejects.toThrow(/lines\.jsonl, line 4: not JSON/u);
  writeFileSync(path, '{"id": 1}\n{"id": "x"}');
  await expect(all(recordsOf([path], schema))).rejects.toThrow(/line 2: "id"/u);
});

describe('subtitles', () => {
  test('SubRip and WebVTT, with and without hours, numbers, notes and markup', () => {
    const vtt = [
      'WEBVTT',
      '',
      'NOTE a remark',
      '',
      '00:01.500 --> 00:02.000 align:start',
      '<v Anna>one</v> &',
      'two',
      '',
      '1:00:00.5 --> 1:00:01',
      '{\\an8}three',
      '',
      '00:03.000 --> 00:04.000',
      '',
    ].join('\n');
    expect(parseCues(vtt)).toEqual([
      { start: 1.5, end: 2, text: 'one & two' },
      { start: 3600.5, end: 3601, text: 'three' },
    ]);
    expect(parseCues('7\r\n00:00:01,250 --> 00:00:02,000\r\nwords\r\n')).toEqual([
      { start: 1.25, end: 2, text: 'words' },
    ]);
    expect(parseCues('')).toEqual([]);
  });

  test('the JSON of LongVideoBench in both forms, and a fault named by its place', () => {
    const clock = '[{"start": "00:00:01.500", "end": "00:01:00", "line": "a"}]';
    const timed = '[{"timestamp": [1, 2.5], "text": "a"}, {"timestamp": [3, null], "text": "b"}]';
    expect(parseSubtitleEntries(clock, 9, 's.json')).toEqual([{ start: 1.5, end: 60, text: 'a' }]);
    expect(parseSubtitleEntries(timed, 9, 's.json').map(({ end }) => end)).toEqual([2.5, 9]);
    expect(() => parseSubtitleEntries('[{"line": "a"}]', 9, 's.json')).toThrow(/s\.json, "0/u);
    expect(() => parseSubtitleEntries('{', 9, 's.json')).toThrow(/s\.json is not JSON/u);
  });

  test('sampled at moments are those that are on then', () => {
    const lines = Array.from({ length: 100 }, (_, index) => ({
      start: index,
      end: index + 1,
      text: String(index),
    }));
    expect(sampleSubtitles(lines, 4).map(({ text }) => text)).toEqual(['12', '37', '62', '87']);
    expect(sampleSubtitles([], 4)).toEqual([]);
  });
});
