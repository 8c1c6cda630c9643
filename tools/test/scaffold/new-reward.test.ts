/** What the scaffold of rewards makes, and where it puts it; `made-passes.slow.ts` holds it to what everything else is held to. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readConfig } from '@loci/core';
import { describeMade } from '../../src/scaffold/made.ts';
import { newBundledReward, newOutsideReward } from '../../src/scaffold/new-reward.ts';
import { inspect } from '../../src/structure.ts';
import { ROOT, workspaceCopy } from './workspace-copy.ts';

const linesOf = (file: string): number => readFileSync(file, 'utf8').split('\n').length - 1;

describe('a reward of the workspace', () => {
  test('is under 60 lines with its test, and stands in index and page', () => {
    const root = workspaceCopy('rewards');
    const { written, changed, next } = newBundledReward('object-names', root);
    expect(written.map((path) => relative(root, path))).toEqual([
      'packages/rewards/src/object-names.ts',
      'packages/rewards/test/object-names.test.ts',
    ]);
    expect(written.reduce((sum, path) => sum + linesOf(path), 0)).toBeLessThan(60);
    expect(changed.map((path) => relative(root, path))).toContain('packages/rewards/src/index.ts');
    expect(next).toContain('npx nx run rewards:test -- object-names');
    expect(inspect(root).filter(({ file }) => file.startsWith('packages/rewards'))).toEqual([]);
    expect(readFileSync(join(root, 'docs/rewards.md'), 'utf8')).toContain('\n| `object-names` | ');
  });

  test('a name that is there, or a page that cannot be changed, leaves everything as it was', () => {
    const root = workspaceCopy('rewards');
    const index = join(root, 'packages/rewards/src/index.ts');
    const before = readFileSync(index, 'utf8');
    expect(() => newBundledReward('answer', root)).toThrow(/comes with Loci/);
    writeFileSync(join(root, 'packages/rewards/test/taken.test.ts'), '');
    expect(() => newBundledReward('taken', root)).toThrow(/taken\.test\.ts exists already/);
    writeFileSync(join(root, 'docs/rewards.md'), '# Rewards\n');
    expect(() => newBundledReward('object-names', root)).toThrow(/by hand/);
    expect(readFileSync(index, 'utf8')).toBe(before);
    expect(existsSync(join(root, 'packages/rewards/src/object-names.ts'))).toBe(false);
  });
});

describe('a reward outside', () => {
  test('comes with a config and the types for an editor', () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'loci-outside-')), 'mine');
    const { written, next } = newOutsideReward('object-names', folder, '../mine', ROOT);
    expect(written.map((path) => relative(folder, path))).toEqual([
      'object-names.ts',
      'object-names.yaml',
      'tsconfig.json',
    ]);
    expect(next[0]).toBe('npx nx run cli:validate -- --config ../mine/object-names.yaml');
    expect(readFileSync(join(folder, 'tsconfig.json'), 'utf8')).toContain('packages/core/dist');
    const { config, origin } = readConfig({ file: join(folder, 'object-names.yaml') });
    expect(config.rewards.at(-1)).toMatchObject({ use: './object-names.ts', weight: 0.5 });
    expect(origin.directoryOf(['rewards', 3, 'use'])).toBe(folder);
    const more = newOutsideReward('second-one', folder, '../mine', ROOT);
    expect(more.written).toHaveLength(2);
    expect(() => newOutsideReward('second-one', folder, '../mine', ROOT)).toThrow(/exists already/);
  });

  test('leaves types to npm where @loci/core is installed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'loci-installed-'));
    mkdirSync(join(folder, 'node_modules/@loci'), { recursive: true });
    symlinkSync(join(ROOT, 'packages/core'), join(folder, 'node_modules/@loci/core'));
    newOutsideReward('object-names', folder, folder, ROOT);
    expect(readFileSync(join(folder, 'tsconfig.json'), 'utf8')).not.toContain('paths');
  });
});

test('what was made is told with paths as short as they are', () => {
  const made = { written: ['/a/b/c.ts', '/x/y.ts'], changed: ['/a/d.ts'], next: ['one', 'two'] };
  expect(describeMade(made, '/a/b').split('\n')).toEqual([
    'made       c.ts',
    'made       /x/y.ts',
    'changed    ../d.ts',
    'go on with one',
    '           two',
  ]);
});
