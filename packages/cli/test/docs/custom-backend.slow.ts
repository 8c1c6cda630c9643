/** The tutorial on backends, line by line. */
import { join, resolve } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { loggedFigure } from '../e2e/workplace.ts';
import { makeClone } from '../support/clone.ts';
import { followPage } from '../support/follow-page.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');

jest.setTimeout(300_000);

test('the tutorial does what it says, and the table learns', async () => {
  const reader = makeClone();
  await followPage(join(ROOT, 'docs/tutorials/custom-backend.md'), reader);
  const rewards = [...loggedFigure(join(reader.clone, 'runs/table'), 'reward/total').values()];
  expect(mean(rewards.slice(-10))).toBeGreaterThan(mean(rewards.slice(0, 3)) + 0.8);
  const files = ['words', 'table', 'draw', 'table-policy', 'table.test'];
  const words = files.map((name) => join(reader.home, 'my-backend', `${name}.ts`));
  const config = ['--config', join(ROOT, '.prettierrc.json'), '--check'];
  execFileSync(join(ROOT, 'node_modules/.bin/prettier'), [...config, ...words]);
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
