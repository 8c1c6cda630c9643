import { appendFileSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { GrowingFile } from '../../src/run/growing-file.ts';

test('a file gives each line once it is whole, and is read anew when it was replaced or cut', () => {
  const folder = mkdtempSync(join(tmpdir(), 'loci-growing-'));
  const path = join(folder, 'metrics.jsonl');
  const file = new GrowingFile(path);
  expect(file.read()).toEqual({ lines: [], exists: false });
  writeFileSync(path, 'one\ntwö');
  expect(file.read()).toEqual({ lines: ['one'], exists: true });
  expect(file.read().lines).toEqual([]);
  appendFileSync(path, '\n\nthree\n');
  expect(file.read().lines).toEqual(['twö', '', 'three']);
  writeFileSync(path, 'cut\n');
  expect(file.read().lines).toEqual(['cut']);
  writeFileSync(`${path}.new`, 'another\nfile\nthat is longer\n');
  renameSync(`${path}.new`, path);
  expect(file.read().lines).toEqual(['another', 'file', 'that is longer']);
});
