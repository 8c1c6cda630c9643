/** What the scaffold of objectives makes, and where it puts it; `made-passes.slow.ts` holds it to what everything else is held to. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readConfig } from '@loci/core';
import { newBundledObjective, newOutsideObjective } from '../../src/scaffold/new-objective.ts';
import { inspect } from '../../src/structure.ts';
import { ROOT, workspaceCopy } from './workspace-copy.ts';

const FOLDER = 'train/algorithm/objectives';

describe('an objective of the workspace', () => {
  test('stands beside the others, with its test and its row', () => {
    const root = workspaceCopy('core');
    const { written, next } = newBundledObjective('plain-gradient', root);
    expect(written.map((path) => relative(root, path))).toEqual([
      `packages/core/src/${FOLDER}/plain-gradient.ts`,
      `packages/core/test/${FOLDER}/plain-gradient.test.ts`,
    ]);
    expect(next).toContain('npx nx run core:test -- plain-gradient');
    const breaches = inspect(root).filter(({ file }) => file.includes('plain-gradient'));
    expect(breaches).toEqual([]);
    expect(readFileSync(join(root, 'docs/objectives.md'), 'utf8')).toMatch(
      /^\| `plain-gradient` +\| (?:[^|]+\| ?){6}$/m,
    );
  });

  test('a name that is there, or a page that cannot be changed, leaves everything as it was', () => {
    const root = workspaceCopy('core');
    const index = join(root, 'packages/core/src', FOLDER, 'bundled-objectives.ts');
    const before = readFileSync(index, 'utf8');
    expect(() => newBundledObjective('gspo', root)).toThrow(/an objective that comes with Loci/);
    writeFileSync(join(root, 'docs/objectives.md'), '# Objectives\n');
    expect(() => newBundledObjective('plain-gradient', root)).toThrow(/by hand/);
    expect(readFileSync(index, 'utf8')).toBe(before);
  });
});

test('an objective outside comes with a config and the types for an editor', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'loci-outside-')), 'mine');
  const { written, next } = newOutsideObjective('plain-gradient', folder, '../mine', ROOT);
  expect(written.map((path) => relative(folder, path))).toEqual([
    'plain-gradient.ts',
    'plain-gradient.yaml',
    'tsconfig.json',
  ]);
  expect(next).toEqual(['npx nx run cli:train -- --config ../mine/plain-gradient.yaml']);
  const { config, origin } = readConfig({ file: join(folder, 'plain-gradient.yaml') });
  expect(config.objective).toMatchObject({ use: './plain-gradient.ts', scale: 1 });
  expect(origin.directoryOf(['objective', 'use'])).toBe(folder);
  expect(() => newOutsideObjective('plain-gradient', folder, '../mine', ROOT)).toThrow(
    /exists already/,
  );
});
