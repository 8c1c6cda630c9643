import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { nextCommand } from '../src/next-command.ts';

const INSTALLED = '/home/ada/project/node_modules/.bin/loci';
const PNPM = { npm_config_user_agent: 'pnpm/10.34.8 npm/? node/v20.20.2' };
const NX = { NX_TASK_TARGET_PROJECT: '@loci/cli' };

test.each([
  ['through Nx', NX, '/loci/packages/cli/dist/main.js', 'npx nx run cli:train -- --resume r'],
  ['through npx', {}, INSTALLED, 'npx loci train --resume r'],
  ['through pnpm', PNPM, INSTALLED, 'pnpm exec loci train --resume r'],
  [
    'by its file',
    {},
    '/loci/packages/cli/dist/main.js',
    'node packages/cli/dist/main.js train --resume r',
  ],
  ['from the path', {}, '/usr/local/bin/loci', 'loci train --resume r'],
])('%s', (_, env, program, text) => {
  const start = { env, argv: [process.execPath, join(program)], cwd: '/loci' };
  expect(nextCommand('train', '--resume r', start)).toBe(text);
});

test('nothing follows a command without words', () => {
  const start = { env: NX, argv: [], cwd: '/' };
  expect(nextCommand('plugins', '', start)).toBe('npx nx run cli:plugins');
});
