/** The tutorial on model architectures, line by line: its toy is built, held to both engines and trained. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { loggedFigure } from '../e2e/workplace.ts';
import { makeClone } from '../support/clone.ts';
import { followPage } from '../support/follow-page.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');

jest.setTimeout(300_000);

test('the tutorial does what it says, and an adapter of the toy is trained', async () => {
  const reader = makeClone();
  await followPage(join(ROOT, 'docs/tutorials/custom-model.md'), reader);
  const run = join(reader.clone, 'runs/toy-vl');
  const losses = [...loggedFigure(run, 'loss/total').values()];
  expect(losses).toHaveLength(3);
  expect(losses[2]).toBeLessThan(losses[0]!);
  const adapter = join(run, 'checkpoints/step-000003/adapter_model.safetensors');
  expect(existsSync(adapter)).toBe(true);

  const parts = ['config', 'parameters', 'tower', 'decoder', 'prompts', 'architecture'];
  const names = [...parts, 'batch', 'toy-vl.test', 'toy-policy'];
  const files = names.map((name) => join(reader.home, 'toy-vl', `${name}.ts`));
  const config = ['--config', join(ROOT, '.prettierrc.json'), '--check'];
  execFileSync(join(ROOT, 'node_modules/.bin/prettier'), [...config, ...files]);
});
