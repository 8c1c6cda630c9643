/** Data sets: what is taken of them, archives, and files of records with the media that they name. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parseReference } from '../src/reference.ts';
import { HubServer } from '../src/testing/index.ts';
import { bytes, hubOn, newFolder } from './support/workplace.ts';

const data = (text: string) => parseReference(text, 'dataset');
const TEST_SPLIT = { splits: ['test', 'validation'] };
const ALL = { splits: ['train', 'test'] };

let server: HubServer;
let home: string;

beforeAll(async () => {
  server = await HubServer.start();
});
afterAll(() => server.close());
beforeEach(() => {
  home = newFolder();
});
afterEach(() => {
  server.reset();
  server.repositories.clear();
});

/** The files of a folder as readers see them. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** A tar file of a folder with these files. */
function tarOf(files: Readonly<Record<string, string | Buffer>>, flags = '-cf'): Buffer {
  const folder = newFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  execFileSync('tar', [flags, 'out.tar', ...Object.keys(files)], { cwd: folder });
  const packed = readFileSync(join(folder, 'out.tar'));
  rmSync(folder, { recursive: true });
  return packed;
}

describe('of a data set', () => {
  test('the files of the split alone are taken', async () => {
    const { commit } = server.add('dataset', 'o/d', {
      ...{ '.gitattributes': 'x', 'README.md': 'card' },
      ...{ 'data/train-00000-of-00001.parquet': 'a', 'data/test-00000-of-00001.parquet': 'b' },
      ...{ 'validation/x.mp4': 'v', 'train/y.mp4': 'v' },
    });
    const { path, pinned } = await hubOn(server, home).hub.data(data('hub:o/d'), TEST_SPLIT);
    expect(pinned).toBe(`hub:datasets/o/d@${commit}`);
    expect(path).toBe(join(home, 'hub/datasets--o--d/snapshots', commit));
    expect(filesIn(path)).toEqual([
      'README.md',
      'data/test-00000-of-00001.parquet',
      'validation/x.mp4',
    ]);
  });

  test('a subset with folders of its own leaves the others out', async () => {
    server.add('dataset', 'o/d', {
      ...{ 'meta.json': '{}', '16_frame/test.parquet': 'a', '32_frame/test.parquet': 'b' },
    });
    const wish = { ...TEST_SPLIT, subset: '32_frame' };
    const { path } = await hubOn(server, home).hub.data(data('hub:o/d'), wish);
    expect(filesIn(path)).toEqual(['32_frame/test.parquet', 'meta.json']);
  });

  test('a folder is taken alone, and one that is not there is an error', async () => {
    server.add('dataset', 'o/d', { 'a/x.json': '1', 'b/x.json': '2' });
    const { hub } = hubOn(server, home);
    const { path } = await hub.data(data('hub:o/d/a'), ALL);
    expect(filesIn(path)).toEqual(['x.json']);
    await expect(hub.data(data('hub:o/d/c'), ALL)).rejects.toMatchObject({ code: 'hub-not-found' });
  });
});

describe('archives', () => {
  test('are unpacked where they lie: tar, tar.gz, and parts', async () => {
    const parts = tarOf({ 'videos/a.mp4': bytes(50_000), 'videos/b.mp4': 'b' });
    server.add('dataset', 'o/d', {
      'test.jsonl': '{}',
      'videos.tar.part.aa': parts.subarray(0, 20_000),
      'videos.tar.part.ab': parts.subarray(20_000),
      'sub/more.tar.gz': tarOf({ 'c.txt': 'c' }, '-czf'),
    });
    const { hub, told } = hubOn(server, home);
    const { path } = await hub.data(data('hub:o/d'), TEST_SPLIT);
    expect(filesIn(path)).toEqual(['sub/c.txt', 'test.jsonl', 'videos/a.mp4', 'videos/b.mp4']);
    expect(readFileSync(join(path, 'videos/a.mp4')).equals(bytes(50_000))).toBe(true);
    expect(realpathSync(join(path, 'test.jsonl'))).toContain('blobs');
    expect(told.lines.filter((line) => /^unpacking/u.test(line))).toHaveLength(2);
    const again = hubOn(server, home);
    expect((await again.hub.data(data('hub:o/d'), TEST_SPLIT)).path).toBe(path);
    expect(again.told.lines.filter((line) => /^unpacking/u.test(line))).toEqual([]);
  });

  test('of which two hold one file are an error that names it', async () => {
    server.add('dataset', 'o/d', {
      'a.tar': tarOf({ 'x.txt': '1' }),
      'b.tar': tarOf({ 'x.txt': '2' }),
    });
    await expect(hubOn(server, home).hub.data(data('hub:o/d'), ALL)).rejects.toThrow(
      /o\/d: x\.txt is in .* name a part of the data set/u,
    );
  });
});

describe('a file of records', () => {
  const line = (media: unknown) => `${JSON.stringify({ question: '?', media, answer: 1 })}\n`;

  test('brings the media that it names and no others', async () => {
    server.add('dataset', 'o/d', {
      'mine/questions.jsonl':
        line(['videos/a.mp4', { path: 'b.jpg', kind: 'image' }]) + 'no json\n',
      ...{ 'mine/videos/a.mp4': 'a', 'mine/b.jpg': 'b', 'mine/videos/c.mp4': 'c', 'big.zip': 'z' },
    });
    const reference = data('hub:o/d/mine/questions.jsonl');
    const { path, pinned } = await hubOn(server, home).hub.data(reference, ALL);
    expect(pinned).toMatch(/^hub:datasets\/o\/d@[0-9a-f]{40}\/mine\/questions\.jsonl$/u);
    expect(filesIn(join(path, '..'))).toEqual(['b.jpg', 'questions.jsonl', 'videos/a.mp4']);
    expect(server.asked(/big\.zip|c\.mp4/u)).toEqual([]);
  });

  test('brings the archives beside it where media are in none of the files', async () => {
    server.add('dataset', 'o/d', {
      'questions.jsonl': line(['videos/a.mp4']),
      'videos.tar': tarOf({ 'videos/a.mp4': 'a' }),
    });
    const { path } = await hubOn(server, home).hub.data(data('hub:o/d/questions.jsonl'), ALL);
    expect(readFileSync(join(path, '../videos/a.mp4'), 'utf8')).toBe('a');
  });
});
