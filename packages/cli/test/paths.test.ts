import { mkdirSync, mkdtempSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { nextRunDirectory, resolveUserPath } from '../src/paths.ts';
import { userDirectory } from '../src/user-directory.ts';

describe('paths', () => {
  test('what a person typed starts where they typed it', () => {
    expect(userDirectory({ INIT_CWD: '/home/ada' }, '/repo')).toBe('/home/ada');
    expect(userDirectory({}, '/repo')).toBe('/repo');
    expect(userDirectory({ INIT_CWD: '' }, '/repo')).toBe('/repo');
    expect(resolveUserPath('a/b.yaml', '/home/ada')).toBe('/home/ada/a/b.yaml');
    expect(resolveUserPath('/a/b.yaml', '/home/ada')).toBe('/a/b.yaml');
    expect(resolveUserPath('~/b.yaml', '/work')).toBe(join(homedir(), 'b.yaml'));
    expect(resolveUserPath('~', '/work')).toBe(homedir());
    expect(resolveUserPath('~ada/b.yaml', '/work')).toBe('/work/~ada/b.yaml');
  });

  test('runs of one day are numbered', () => {
    const root = mkdtempSync(join(tmpdir(), 'loci-runs-'));
    const day = new Date(2026, 10, 5);
    expect(nextRunDirectory(join(root, 'none'), day)).toBe(join(root, 'none', '2026-11-05-1'));
    for (const name of ['2026-11-05-1', '2026-11-05-10', '2026-11-04-12', 'mine-3']) {
      mkdirSync(join(root, name));
    }
    expect(nextRunDirectory(root, day)).toBe(join(root, '2026-11-05-11'));
  });
});
