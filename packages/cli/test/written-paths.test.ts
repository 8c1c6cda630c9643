/** `--out` is a folder and `--file` a file, whatever stands there. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { outFile, outFolder, outIsFolder } from '../src/written-paths.ts';

let base: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'loci-paths-'));
  writeFileSync(join(base, 'page.html'), '');
  mkdirSync(join(base, 'scores'));
});
afterAll(() => rmSync(base, { recursive: true }));

test('existing paths must be of the right kind', () => {
  expect(outFolder('scores', base)).toBe(join(base, 'scores'));
  expect(outFolder('new', base)).toBe(join(base, 'new'));
  expect(outFile('page.html', base)).toBe(join(base, 'page.html'));
  expect(outFile('new', base)).toBe(join(base, 'new'));
  expect(() => outFolder('page.html', base)).toThrow(
    /--out names a folder, but .*page.html is a file/,
  );
  expect(() => outFile('scores', base)).toThrow(/--file names a file, but .*scores is a folder/);
  expect(() => outFile('new/', base)).toThrow(/--file names a file/);
});

test('the flag that is meant is named', () => {
  expect(outIsFolder('a.jsonl').message).toMatch(/use --file a\.jsonl$/);
});
