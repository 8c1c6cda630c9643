/** What the scaffold makes is held to what everything else is held to: format, lint, types, tests. Each tool is a program of its own. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from '@jest/globals';
import { newBundledObjective } from '../../src/scaffold/new-objective.ts';
import { newBundledReward } from '../../src/scaffold/new-reward.ts';
import { ROOT, runTool, workspaceCopy } from './workspace-copy.ts';

test.each([
  ['reward', 'rewards', newBundledReward, 'object-names'],
  ['objective', 'core', newBundledObjective, 'plain-gradient'],
] as const)('a new %s passes all that the others pass', async (_, name, make, made) => {
  const root = workspaceCopy(name);
  const { written, changed } = make(made, root);
  const own = join(root, 'packages', name);
  await Promise.all([
    runTool(root, 'prettier', [
      '--check',
      ...[...written, ...changed].filter((path) => path.endsWith('.ts')),
    ]),
    runTool(own, 'tsc', ['-p', 'tsconfig.json', '--noEmit']),
    runTool(own, 'jest', [made]),
    ...written.map((path) => lint(relative(root, path), path)),
  ]);
});

/** Lints a file as if it stood in the workspace itself, where the rules about layers find it. */
function lint(path: string, copy: string): Promise<void> {
  const words = ['--max-warnings', '0', '--stdin', '--stdin-filename', path];
  return runTool(ROOT, 'eslint', words, readFileSync(copy, 'utf8'));
}
