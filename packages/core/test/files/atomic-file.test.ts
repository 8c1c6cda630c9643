import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  writeFileAtomically,
  writeFileWhole,
  writeJsonAtomically,
} from '../../src/files/atomic-file.ts';
import { temporaryFolder } from '../toy-run.ts';

describe('a file that appears whole or not at all', () => {
  test('folders that are missing are made, and nothing lies beside the file', () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    writeFileWhole(join(folder, 'state.json'), '{}');
    writeFileWhole(join(folder, 'state.json'), '{"step":1}');
    expect(readFileSync(join(folder, 'state.json'), 'utf8')).toBe('{"step":1}');
    expect(readdirSync(folder)).toEqual(['state.json']);
  });

  test('where the place is taken by a folder, the error names it and what was there stays', () => {
    const folder = temporaryFolder();
    const target = join(folder, 'state.json');
    mkdirSync(target);
    writeFileSync(join(target, 'kept'), '');
    expect(() => writeFileWhole(target, '{}')).toThrow(
      expect.objectContaining({ code: 'not-writable', message: expect.stringContaining(target) }),
    );
    expect(readdirSync(folder)).toEqual(['state.json']);
    expect(readdirSync(target)).toEqual(['kept']);
  });

  test('writers at once do not get into each other, and one of them stays', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'a.json');
    const values = [1, 2, 3, 4].map((value) => new Array<number>(10_000).fill(value));
    await Promise.all(values.map((value) => writeJsonAtomically(file, value)));
    expect(values).toContainEqual(JSON.parse(readFileSync(file, 'utf8')));
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  test('JSON ends with a line feed and is indented as asked', async () => {
    const file = join(temporaryFolder(), 'a.json');
    await writeJsonAtomically(file, { a: 1 });
    expect(readFileSync(file, 'utf8')).toBe('{\n  "a": 1\n}\n');
    await writeJsonAtomically(file, { a: 1 }, 1);
    expect(readFileSync(file, 'utf8')).toBe('{\n "a": 1\n}\n');
  });

  test('where writing fails, what was there stays and nothing lies beside it', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'a.json');
    await writeJsonAtomically(file, 'before');
    const broken = function* () {
      yield new Uint8Array(10);
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    };
    await expect(writeFileAtomically(file, broken())).rejects.toMatchObject({ code: 'disk-full' });
    expect(readFileSync(file, 'utf8')).toBe('"before"\n');
    expect(readdirSync(folder)).toEqual(['a.json']);
  });
});
