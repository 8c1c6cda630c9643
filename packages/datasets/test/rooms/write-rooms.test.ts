/** Generated folders: one process makes one, others wait, and nothing is left of those that were killed. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { FolderLock } from '@loci/core';
import { rooms } from '../../src/rooms/rooms.ts';

const place = (): string => mkdtempSync(join(tmpdir(), 'loci-made-'));

function dataset(folder: string, lines: string[] = []) {
  const logger = {
    info: (line: string) => lines.push(line),
    warn: (line: string) => lines.push(line),
  };
  const size = { trainScenes: 2, testScenes: 2, height: 32, width: 32, seconds: 1 };
  const options = rooms.options.parse({ folder, ...size });
  return rooms.create(options, { seed: 0, baseDirectory: '/', logger });
}

test('two that want the same rooms at once get those that one of them makes', async () => {
  const folder = place();
  const lines: string[] = [];
  const both = await Promise.all(
    [1, 2].map(async () => (await dataset(folder, lines)).open('train')),
  );
  expect(both.map(({ size }) => size)).toEqual([6, 6]);
  expect(lines.filter((line) => line.startsWith('rooms: generating'))).toHaveLength(1);
  expect(lines.join('\n')).toMatch(
    new RegExp(`rooms: waiting for another process.*being written by process ${process.pid} on`),
  );
  expect(readdirSync(folder)).toHaveLength(1);
});

test('half-made rooms of killed processes go away, those of a live one stay', async () => {
  const folder = place();
  await (await dataset(folder)).open('train');
  const [name] = readdirSync(folder);
  rmSync(join(folder, name!), { recursive: true });
  for (const half of [`${name}.unfinished`, `${name}.unfinished-4711`, 'test-0.unfinished']) {
    mkdirSync(join(folder, half));
    writeFileSync(join(folder, half, 'SpaceR-151k.jsonl'), '{"pro');
  }
  const lock = FolderLock.take(join(folder, 'test-0'), { beside: true });
  await (await dataset(folder)).open('train');
  lock.release();
  expect(readdirSync(folder).sort()).toEqual(['test-0.unfinished', name].sort());
});
