import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { zip } from '../../src/ray/zip.ts';
import { unzip } from '../../src/testing/unzip.ts';

const files = [
  { path: 'shim/zürich.txt', content: 'Grüße\n'.repeat(100) },
  { path: 'config.json', content: '{}' },
  { path: 'empty', content: new Uint8Array() },
];

describe('an archive', () => {
  test('gives back what was put in', () => {
    const found = unzip(zip(files));
    expect([...found.keys()]).toEqual(['config.json', 'empty', 'shim/zürich.txt']);
    for (const { path, content } of files) expect(found.get(path)).toEqual(Buffer.from(content));
  });

  test('has the same bytes whatever the order and the time', () => {
    expect(zip(files).equals(zip([...files].reverse()))).toBe(true);
    expect(zip(files).equals(zip([{ path: 'config.json', content: '[]' }]))).toBe(false);
  });

  const python = spawnSync('python3', ['--version']).status === 0;
  (python ? test : test.skip)('is read by Python, which Ray unpacks it with', () => {
    const folder = mkdtempSync(join(tmpdir(), 'loci-zip-'));
    writeFileSync(join(folder, 'a.zip'), zip(files));
    const code =
      'import zipfile,sys; z=zipfile.ZipFile(sys.argv[1]); print(z.testzip()); print(z.read("shim/zürich.txt").decode()[:5])';
    const { stdout } = spawnSync('python3', ['-c', code, join(folder, 'a.zip')], {
      encoding: 'utf8',
      env: { ...process.env, PYTHONUTF8: '1' },
    });
    expect(stdout).toBe('None\nGrüße\n');
  });
});
