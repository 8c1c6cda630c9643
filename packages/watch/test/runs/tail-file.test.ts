import { appendFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { TailFile, readLines } from '../../src/runs/tail-file.ts';
import type { TailLine } from '../../src/runs/tail-file.ts';
import { temporaryFolder } from '../run-folder.ts';

async function news(file: TailFile): Promise<{ lines: readonly TailLine[]; begins: number }> {
  const lines: TailLine[] = [];
  let begins = 0;
  for await (const some of file.lines(() => begins++)) lines.push(...some);
  return { lines, begins };
}

describe('a file that grows', () => {
  test('gives each whole line once, with its place', async () => {
    const path = join(temporaryFolder(), 'lines');
    const file = new TailFile(path);
    expect((await news(file)).lines).toEqual([]);
    writeFileSync(path, 'größe\nsecond\nhal');
    const first = await news(file);
    expect(first.lines.map(({ text }) => text)).toEqual(['größe', 'second']);
    expect(await readLines(path, first.lines)).toEqual(['größe', 'second']);
    appendFileSync(path, 'f\n');
    expect((await news(file)).lines.map(({ text }) => text)).toEqual(['half']);
    expect((await news(file)).lines).toEqual([]);
    expect(file.generation).toBe(0);
  });

  test('longer than a chunk comes whole', async () => {
    const path = join(temporaryFolder(), 'lines');
    const long = 'x'.repeat(3 * 2 ** 20);
    writeFileSync(path, `a\n${long}\nb\n`);
    const { lines } = await news(new TailFile(path));
    expect(lines.map(({ text }) => text.length)).toEqual([1, long.length, 1]);
    expect((await readLines(path, [lines[2]!]))[0]).toBe('b');
  });

  test.each([
    ['cut', (path: string) => truncateSync(path, 4)],
    ['cut and grown beyond', (path: string) => writeFileSync(path, 'one\nTWO\nthree\nfour\n')],
    ['removed', (path: string) => rmSync(path)],
  ])('is read from its start when it was %s', async (_, change) => {
    const path = join(temporaryFolder(), 'lines');
    writeFileSync(path, 'one\ntwo\n');
    const file = new TailFile(path);
    await news(file);
    change(path);
    const { lines, begins } = await news(file);
    expect(begins).toBe(1);
    expect(file.generation).toBe(1);
    expect(lines.length === 0 || lines[0]!.text === 'one').toBe(true);
  });
});
