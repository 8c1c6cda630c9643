import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Split } from '@loci/core';
import { describeDatasetContract } from '@loci/core/testing';
import { rooms } from '../../src/rooms/rooms.ts';

let base = '';
const messages: string[] = [];
const logger = {
  info: (line: string) => messages.push(line),
  warn: (line: string) => messages.push(line),
};

function create(folder: string, more: Readonly<Record<string, unknown>> = {}) {
  const scenes = { trainScenes: 5, testScenes: 3, height: 56, width: 84 };
  const options = rooms.options.parse({ folder, ...scenes, ...more });
  return rooms.create(options, { seed: 0, baseDirectory: base, logger });
}

async function open(folder: string, split: Split, more: Readonly<Record<string, unknown>> = {}) {
  return (await create(folder, more)).open(split);
}

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'loci-rooms-'));
});

afterAll(() => rm(base, { recursive: true, force: true }));

describeDatasetContract({ name: 'rooms', create: () => create('contract') });

describe('the rooms dataset', () => {
  test('samples have question, video, map, kind and demonstration', async () => {
    const source = await open('a', 'train');
    expect(source.size).toBe(15);
    expect(source.problems()).toEqual([]);
    for (let index = 0; index < source.size; index++) {
      const sample = await source.at(index);
      expect(sample.source).toBe('SR_dataset');
      expect((await stat(sample.media[0]!.path)).size).toBeGreaterThan(1000);
      expect(Object.keys(sample.map!).length).toBeGreaterThanOrEqual(3);
      expect(sample.questionKind).toMatch(/^[a-z-]+$/u);
      expect(sample.demonstration).toContain(sample.solution);
    }
    await expect(source.at(15)).rejects.toThrow(/no sample 15/u);
    await source.close();
  });

  test('records have exactly the fields of SpaceR-151k', async () => {
    const [folder] = await readdir(join(base, 'a'));
    const lines = (await readFile(join(base, 'a', folder!, 'SpaceR-151k.jsonl'), 'utf8'))
      .trim()
      .split('\n');
    for (const line of lines) {
      expect(Object.keys(JSON.parse(line) as object)).toEqual([
        'problem_id',
        'problem',
        'options',
        'problem_type',
        'solution',
        'data_type',
        'path',
        'data_source',
      ]);
    }
    const maps = (
      await readFile(join(base, 'a', folder!, 'annotation/cognitive_map.jsonl'), 'utf8')
    )
      .trim()
      .split('\n');
    expect(maps).toHaveLength(5);
    expect(Object.keys(JSON.parse(maps[0]!) as object)).toEqual([
      'video_id',
      'cognitive_map',
      'object_list',
    ]);
  });

  test('the same options give the same bytes, and are generated once', async () => {
    await (await open('b', 'train')).close();
    const [a] = await readdir(join(base, 'a'));
    const [b] = await readdir(join(base, 'b'));
    expect(b).toBe(a);
    for (const file of [
      'SpaceR-151k.jsonl',
      'annotation/cognitive_map.jsonl',
      'annotation/demonstrations.jsonl',
    ]) {
      expect(await readFile(join(base, 'b', b!, file))).toEqual(
        await readFile(join(base, 'a', a!, file)),
      );
    }
    const made = (await stat(join(base, 'b', b!))).mtimeMs;
    await (await open('b', 'train')).close();
    expect((await stat(join(base, 'b', b!))).mtimeMs).toBe(made);
  });

  test('other options and the other split have folders of their own, with other ids', async () => {
    const train = await open('a', 'train');
    const other = await open('a', 'train', { seed: 2 });
    const held = await open('a', 'test');
    expect(await readdir(join(base, 'a'))).toHaveLength(3);
    expect((await other.at(0)).media[0]!.path).not.toBe((await train.at(0)).media[0]!.path);
    const ids = async (source: typeof train) =>
      Promise.all(
        Array.from({ length: source.size }, async (_, index) => (await source.at(index)).id),
      );
    expect(new Set([...(await ids(train)), ...(await ids(held))]).size).toBe(
      train.size + held.size,
    );
    await Promise.all([train, other, held].map((source) => source.close()));
  });

  test('a folder that cannot be written gives one clear error and leaves nothing behind', async () => {
    await writeFile(join(base, 'blocked'), '');
    await expect(open('blocked', 'train')).rejects.toThrow(/Cannot write .*blocked/u);
    expect((await readdir(base)).sort()).toEqual(['a', 'b', 'blocked', 'contract']);
  });

  test('unknown and impossible options are refused', () => {
    expect(() => rooms.options.parse({ scenes: 3 })).toThrow();
    expect(() => rooms.options.parse({ kinds: ['smell'] })).toThrow();
    expect(() => rooms.options.parse({ height: 57 })).toThrow();
  });
});
