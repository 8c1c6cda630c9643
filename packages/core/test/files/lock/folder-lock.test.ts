import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { FolderLock, isLockFile } from '../../../src/files/lock/folder-lock.ts';
import { ownRecord, stateOf } from '../../../src/files/lock/writer-record.ts';
import type { WriterRecord } from '../../../src/files/lock/writer-record.ts';

const place = (): string => mkdtempSync(join(tmpdir(), 'loci-lock-'));

const lockFile = (folder: string): string => join(folder, readdirSync(folder).find(isLockFile)!);

/** A folder that a process has locked, as `change` says. */
function lockedBy(change: Partial<WriterRecord>): string {
  const folder = place();
  const lock = FolderLock.take(folder);
  const text = readFileSync(lockFile(folder), 'utf8');
  lock.release();
  const record = { ...(JSON.parse(text) as WriterRecord), ...change };
  writeFileSync(join(folder, '.writer-0123abcd'), JSON.stringify(record));
  return folder;
}

/** Makes the last sign of life so old. */
function silence(folder: string, seconds: number): void {
  const then = Date.now() / 1000 - seconds;
  utimesSync(join(folder, '.writer-0123abcd'), then, then);
}

async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.on('close', resolve));
  return child.pid!;
}

describe('a folder lock', () => {
  test('lets one in, names process, host and time to the next, and frees the folder', () => {
    const folder = place();
    const lock = FolderLock.take(folder);
    expect(FolderLock.isHeld(folder)).toBe(true);
    expect(() => FolderLock.take(folder)).toThrow(
      new RegExp(
        `${folder} is being written by process ${process.pid} on ${hostname()}, since \\d{4}-.*Z\\. Wait`,
      ),
    );
    lock.release();
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
    FolderLock.take(folder).release();
  });

  test('a dead holder is replaced, and so is one whose process id another process has by now', async () => {
    for (const change of [
      { process: await endedProcess() },
      { process: process.ppid, began: '1' },
      { boot: 'an earlier start' },
    ]) {
      const folder = lockedBy(change);
      if ('boot' in change) silence(folder, 10 * 365 * 86_400);
      FolderLock.take(folder).release();
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  test('a live holder of another id is left alone', () => {
    const { began } = ownRecord(tmpdir());
    expect(() => FolderLock.take(lockedBy({ began }))).toThrow(/Wait for its end, stop it/);
  });

  test.each([
    { host: 'elsewhere', process: 1 },
    { space: 'pid:[1]', process: 1 },
    { boot: 'another machine of this name', process: 1 },
  ])('a holder that cannot be looked up counts by its signs of life: %j', (change) => {
    const folder = lockedBy(change);
    silence(folder, 20);
    expect(() => FolderLock.take(folder)).toThrow(
      /cannot be looked up from here; its last heartbeat is (19|20|21) s old.*remove .*\.writer-0123abcd/,
    );
    const far = lockedBy({ host: 'elsewhere', process: 1 });
    silence(far, 200);
    FolderLock.take(far).release();
    expect(readdirSync(far)).toEqual([]);
  });

  test('where a system does not say when a process began, signs of life decide', () => {
    const own = ownRecord(tmpdir());
    const other = { ...own, began: undefined };
    expect(stateOf(other, 1_000, own)).toBe('heard');
    expect(stateOf(other, 1_000_000, own)).toBe('gone');
    expect(stateOf(own, 1_000_000, own)).toBe('alive');
  });

  test('a copied folder is not locked, and a damaged lock locks nothing', () => {
    const folder = place();
    const lock = FolderLock.take(folder);
    const copy = join(place(), 'copy');
    cpSync(folder, copy, { recursive: true });
    FolderLock.take(copy).release();
    renameSync(folder, `${folder}-moved`);
    expect(() => FolderLock.take(`${folder}-moved`)).toThrow(/-moved is being written/);
    lock.release();
    writeFileSync(join(copy, '.writer-0123abcd'), '{"proc');
    FolderLock.take(copy).release();
    expect(readdirSync(copy)).toEqual([]);
  });

  test('who lost the folder learns it, and makes none', () => {
    const folder = place();
    const lock = FolderLock.take(folder);
    lock.assertHeld();
    renameSync(folder, `${folder}-moved`);
    expect(() => lock.assertHeld()).toThrow(/was moved, removed or taken over/);
    lock.release();
    expect(existsSync(folder)).toBe(false);
  });

  test('folders that it made go away when nothing of worth is in them', () => {
    const root = place();
    const folder = join(root, 'a', 'b');
    const lock = FolderLock.take(folder, { worthless: ['config.yaml'] });
    writeFileSync(join(folder, 'config.yaml'), '');
    lock.release();
    expect(readdirSync(root)).toEqual([]);
    const second = FolderLock.take(folder, { worthless: ['config.yaml'] });
    writeFileSync(join(folder, 'config.yaml'), '');
    writeFileSync(join(folder, 'metrics.jsonl'), '');
    second.release();
    expect(readdirSync(folder)).toEqual(['config.yaml', 'metrics.jsonl']);
  });

  test('a folder that is replaced as a whole is locked beside its place', () => {
    const folder = join(place(), 'model');
    const lock = FolderLock.take(folder, { beside: true });
    expect(existsSync(folder)).toBe(false);
    expect(() => FolderLock.take(folder, { beside: true })).toThrow(/model is being written/);
    FolderLock.take(`${folder}-2`, { beside: true }).release();
    lock.release();
  });
});

/** Each process takes the lock when told, writes its id, and lets go when its input ends. */
const CONTENDER = `
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { FolderLock } from '@loci/core';
const [folder] = process.argv.slice(1);
process.stdout.write('ready');
process.stdin.once('data', () => {
  try {
    const lock = FolderLock.take(folder);
    appendFileSync(join(folder, 'log'), process.pid + '\\n');
    process.stdin.on('end', () => lock.release());
  } catch (error) {
    console.log(error.code);
    process.exit(error.code === 'folder-in-use' ? 3 : 4);
  }
});
`;

test('of processes that come at the same moment one gets in, and none beside it', async () => {
  const folder = place();
  const lock = FolderLock.take(folder);
  const dead = readFileSync(lockFile(folder), 'utf8').replace(
    `"process":${process.pid}`,
    `"process":${await endedProcess()}`,
  );
  lock.release();
  writeFileSync(join(folder, '.writer-0123abcd'), dead);
  const environment = { ...process.env };
  delete environment['NODE_OPTIONS'];
  const children = [1, 2, 3, 4].map(() =>
    spawn(process.execPath, ['--input-type=module', '-e', CONTENDER, folder], {
      cwd: import.meta.dirname,
      env: environment,
    }),
  );
  await Promise.all(
    children.map((child) => new Promise((resolve) => child.stdout.once('data', resolve))),
  );
  const codes = children.map(
    (child) => new Promise<number | null>((resolve) => child.on('close', resolve)),
  );
  for (const child of children) child.stdin.write('go');
  let refused = 0;
  await new Promise<void>((resolve) => {
    for (const code of codes) void code.then(() => ++refused === 3 && resolve());
  });
  for (const child of children) child.stdin.end();
  expect((await Promise.all(codes)).sort()).toEqual([0, 3, 3, 3]);
  expect(readFileSync(join(folder, 'log'), 'utf8').trimEnd().split('\n')).toHaveLength(1);
  expect(readdirSync(folder)).toEqual(['log']);
});
