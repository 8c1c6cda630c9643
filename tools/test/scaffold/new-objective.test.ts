/** What the scaffold of objectives makes is held to what everything else is held to: format, lint, types, structure, tests. */
import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { readConfig } from '@loci/core';
import { newBundledObjective, newOutsideObjective } from '../../src/scaffold/new-objective.ts';
import { inspect } from '../../src/structure.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const FOLDER = 'train/algorithm/objectives';

/** A workspace whose core can be written to; all else is the real one. */
function workspace(): string {
  const root = mkdtempSync(join(tmpdir(), 'loci-scaffold-'));
  for (const folder of ['packages/core', 'docs']) {
    cpSync(join(ROOT, folder), join(root, folder), {
      recursive: true,
      filter: (path) => !/\/(dist|node_modules|decisions|images)$/.test(path),
    });
  }
  const modules = join(ROOT, 'packages/core/node_modules');
  symlinkSync(modules, join(root, 'packages/core/node_modules'));
  for (const name of readdirSync(join(ROOT, 'packages'))) {
    if (name !== 'core') symlinkSync(join(ROOT, 'packages', name), join(root, 'packages', name));
  }
  for (const name of readdirSync(ROOT)) {
    if (!['packages', 'docs', '.git', '.nx', 'runs', 'data'].includes(name)) {
      symlinkSync(join(ROOT, name), join(root, name));
    }
  }
  return root;
}

/** Runs a program of the workspace to its end; rejects with what it printed when it fails. */
async function tool(
  cwd: string,
  name: string,
  words: readonly string[],
  input = '',
): Promise<void> {
  const env = {
    ...process.env,
    NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
  };
  const running = promisify(execFile)(join(ROOT, 'node_modules/.bin', name), words, { cwd, env });
  running.child.stdin?.end(input);
  await running.catch((error: { stdout: string; stderr: string }) => {
    throw new Error(`${name}:\n${error.stdout}\n${error.stderr}`);
  });
}

describe('an objective of the workspace', () => {
  test('passes all that the others pass', async () => {
    const root = workspace();
    const { written, changed, next } = newBundledObjective('plain-gradient', root);
    expect(written.map((path) => relative(root, path))).toEqual([
      `packages/core/src/${FOLDER}/plain-gradient.ts`,
      `packages/core/test/${FOLDER}/plain-gradient.test.ts`,
    ]);
    expect(next).toContain('npx nx run core:test -- plain-gradient');
    const core = join(root, 'packages/core');
    const files = [...written, ...changed.filter((path) => path.endsWith('.ts'))];
    await Promise.all([
      tool(root, 'prettier', ['--check', ...files]),
      tool(core, 'tsc', ['-p', 'tsconfig.json', '--noEmit']),
      tool(core, 'jest', ['plain-gradient']),
      ...written.map((path) => {
        const words = ['--max-warnings', '0', '--stdin', '--stdin-filename', relative(root, path)];
        return tool(ROOT, 'eslint', words, readFileSync(path, 'utf8'));
      }),
    ]);
    const breaches = inspect(root).filter(({ file }) => file.includes('plain-gradient'));
    expect(breaches).toEqual([]);
    expect(readFileSync(join(root, 'docs/objectives.md'), 'utf8')).toMatch(
      /^\| `plain-gradient` +\| (?:[^|]+\| ?){6}$/m,
    );
  }, 240_000);

  test('a name that is there, or a page that cannot be changed, leaves everything as it was', () => {
    const root = workspace();
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
