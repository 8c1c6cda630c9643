import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { writeFolderWhole } from '../../src/files/write-folder-whole.ts';

const place = (): string => mkdtempSync(join(tmpdir(), 'loci-whole-'));

test('a folder replaces the one before, and nothing lies beside it', async () => {
  const home = place();
  const target = join(home, 'saved');
  for (const name of ['one', 'two']) {
    await writeFolderWhole(target, (folder) => writeFile(join(folder, name), name));
  }
  expect(readdirSync(home)).toEqual(['saved']);
  expect(readdirSync(target)).toEqual(['two']);
});

test('a folder that was not finished leaves what was there', async () => {
  const home = place();
  const target = join(home, 'saved');
  mkdirSync(target);
  writeFileSync(join(target, 'one'), 'whole');
  const unfinished = writeFolderWhole(target, async (folder) => {
    await writeFile(join(folder, 'one'), 'half');
    throw new Error('the lamp went out');
  });
  await expect(unfinished).rejects.toMatchObject({
    code: 'not-writable',
    message: expect.stringContaining('the lamp went out'),
  });
  expect(readdirSync(home)).toEqual(['saved']);
  expect(readFileSync(join(target, 'one'), 'utf8')).toBe('whole');
});
