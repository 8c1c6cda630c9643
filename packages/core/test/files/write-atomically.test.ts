import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { writeFileAtomically, writeJsonAtomically } from '../../src/files/write-atomically.ts';

describe('a file that appears whole or not at all', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'loci-test-'));
    file = join(folder, 'a.json');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('writers at once do not get into each other, and one of them stays', async () => {
    const values = [1, 2, 3, 4].map((value) => new Array<number>(10_000).fill(value));
    await Promise.all(values.map((value) => writeJsonAtomically(file, value)));
    expect(values).toContainEqual(JSON.parse(await readFile(file, 'utf8')));
    expect(await readdir(folder)).toEqual(['a.json']);
  });

  test('where writing fails, what was there stays and nothing lies beside it', async () => {
    await writeJsonAtomically(file, 'before');
    const broken = function* () {
      yield new Uint8Array(10);
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    };
    await expect(writeFileAtomically(file, broken())).rejects.toMatchObject({ code: 'disk-full' });
    expect(await readFile(file, 'utf8')).toBe('"before"\n');
    expect(await readdir(folder)).toEqual(['a.json']);
  });
});
