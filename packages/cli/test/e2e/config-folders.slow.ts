/** A config in a folder of its own, with a reward beside it, used from elsewhere. */
import { mkdirSync, mkdtempSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { runCommand } from './command.ts';
import { loggedFigure, makeWorkplace } from './workplace.ts';

jest.setTimeout(120_000);

test('the reward is found beside its config, and again when the run is resumed from another folder', async () => {
  const workplace = await makeWorkplace();
  const recipe = join(workplace, 'recipe');
  mkdirSync(recipe);
  for (const name of ['variety.ts', 'tiny.yaml']) {
    renameSync(join(workplace, name), join(recipe, name));
  }
  const words = ['train', '--config', 'recipe/tiny.yaml', '--set', 'evaluate.questions=0'];
  const first = await runCommand(workplace, [...words, '--run', 'run', '--steps', '1']);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  const stored = readFileSync(join(workplace, 'run/config.yaml'), 'utf8');
  expect(stored).toContain(`use: ${join(recipe, 'variety.ts')}\n`);

  const elsewhere = mkdtempSync(join(tmpdir(), 'loci-elsewhere-'));
  const data = ['policy.model=model', 'dataset.folder=rooms'].flatMap((setting) => [
    '--set',
    setting.replace('=', `=${workplace}/`),
  ]);
  const run = join(workplace, 'run');
  const resumed = await runCommand(elsewhere, ['train', '--resume', run, ...data, '--steps', '2']);
  expect(resumed).toMatchObject({ code: 0, stderr: '' });
  expect([...loggedFigure(run, 'loss/total').keys()]).toEqual([1, 2]);

  const wrong = [...words, '--set', 'rewards.0.use=./varety.ts', '--run', 'other'];
  const refused = await runCommand(recipe, wrong.with(2, 'tiny.yaml'));
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(
    `--set rewards.0.use=./varety.ts: rewards.0.use: The reward plugin ${join(recipe, 'varety.ts')} does not exist; did you mean "variety.ts"?`,
  );
});
