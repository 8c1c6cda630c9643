/** A run whose model is on the hub: the commit is recorded, a resume keeps it offline, and what came of it goes back with a card. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { TEST_TOKEN, commitTo } from '@loci/hub/testing';
import { onHub } from '../support/on-hub.ts';
import { runCommand } from './command.ts';
import { QUICK, makeWorkplace } from './workplace.ts';

jest.setTimeout(240_000);

const hub = onHub();

test('from the hub, trained, resumed after the branch moved, sent back and evaluated', async () => {
  const workplace = await makeWorkplace();
  const model = join(workplace, 'model');
  const files = Object.fromEntries(
    readdirSync(model).map((name) => [name, readFileSync(join(model, name))]),
  );
  const repository = hub.server.add('model', 'o/tiny', { ...files, 'pytorch_model.bin': 'x' });
  const words = ['train', '--config', 'tiny.yaml', '--run', 'run', ...QUICK];
  const set = ['--set', 'policy.model=hub:o/tiny', '--set', 'evaluate.questions=0'];
  const begun = await runCommand(workplace, [...words, ...set, '--steps', '1']);
  expect(begun.stderr).toBe('');
  expect(begun.stdout).toMatch(/downloading o\/tiny at [0-9a-f]{12}: \d+ files, \d/u);
  const pinned = `hub:models/o/tiny@${repository.commit}`;
  const stored = (): string => readFileSync(join(workplace, 'run/config.yaml'), 'utf8');
  expect(stored()).toContain(pinned);

  commitTo(repository, { ...files, 'config.json': '{}' });
  process.env['HF_HUB_OFFLINE'] = '1';
  const resumed = await runCommand(workplace, ['train', '--resume', 'run', '--steps', '2']);
  delete process.env['HF_HUB_OFFLINE'];
  expect([resumed.code, resumed.stderr]).toEqual([0, '']);
  expect(stored()).toContain(pinned);

  const pushed = await runCommand(workplace, ['push', 'run', 'me/tiny', '--yes']);
  expect([pushed.code, pushed.stderr]).toEqual([0, '']);
  const { commits, refs } = hub.server.repositories.get('models/me/tiny')!;
  const card = commits.get(refs.get('main')!)!.get('README.md')!.toString();
  expect(card).toMatch(/^base_model: o\/tiny$/mu);
  expect(card).toContain('| ./variety.cjs | 1 | none |');

  const evaluation = ['evaluate', '--policy', 'hub:me/tiny', '--items', '2', '--out', 'asked'];
  const evaluated = await runCommand(workplace, [...evaluation, '--set', 'dataset.testScenes=2']);
  expect([evaluated.code, evaluated.stderr]).toEqual([0, '']);
  const record = readFileSync(join(workplace, 'asked/evaluation.json'), 'utf8');
  expect(record).toContain(`hub:models/me/tiny@${refs.get('main')!}`);
  for (const { stdout, stderr } of [begun, resumed, pushed, evaluated]) {
    expect(stdout + stderr).not.toContain(TEST_TOKEN);
  }
});
