import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { flush, flushFolder } from '../../src/files/flush.ts';

const folder = mkdtempSync(join(tmpdir(), 'loci-flush-'));

test('a folder is flushed, but for Windows, which would refuse', async () => {
  const gone = join(folder, 'gone');
  expect(() => flushFolder(folder, 'linux')).not.toThrow();
  expect(() => flushFolder(gone, 'linux')).toThrow('ENOENT');
  expect(() => flushFolder(gone, 'win32')).not.toThrow();
  await expect(flush(folder)).resolves.toBeUndefined();
});

test.each(['linux', 'darwin', 'win32'] as const)(
  'a file is flushed as %s opens it',
  async (system) => {
    const file = join(folder, 'a.json');
    writeFileSync(file, '{}');
    await expect(flush(file, system)).resolves.toBeUndefined();
    await expect(flush(join(folder, 'none'), system)).rejects.toThrow('ENOENT');
  },
);
