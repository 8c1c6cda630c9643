/** Evaluations as a person runs them: asked, scored again, compared. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, jest, test } from '@jest/globals';
import { runCommand } from './command.ts';
import { makeWorkplace } from './workplace.ts';

jest.setTimeout(180_000);

const ASKED = '--config tiny.yaml --policy model --items 6'.split(' ');

let workplace: string;
beforeAll(async () => {
  workplace = await makeWorkplace();
});

const read = (path: string): string => readFileSync(join(workplace, path), 'utf8');
const linesOf = (path: string): readonly string[] => read(path).trimEnd().split('\n');

test('answers are kept one a line, and the report stands beside them', async () => {
  const ended = await runCommand(workplace, ['evaluate', ...ASKED, '--look', '--out', 'first']);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toMatch(/^headline .* \d+\.\d \[\d+\.\d, \d+\.\d\] +6$/m);
  expect(ended.stdout).toMatch(/^first frame only +\d/m);
  expect(ended.stdout).toMatch(/frames .*shown: \d+ frames of \d+×\d+/);
  expect(linesOf('first/predictions.jsonl')).toHaveLength(4 * 6);
  expect(JSON.parse(linesOf('first/predictions.jsonl')[0]!)).toMatchObject({
    condition: 'as-filmed',
    promptHash: expect.stringMatching(/^[0-9a-f]{16}$/),
    textHash: expect.stringMatching(/^[0-9a-f]{16}$/),
    prediction: { status: 'answered' },
    verdicts: { 'spatial-qa': { counted: true } },
  });
  expect(read('first/report.html')).toContain('Does it look?');
});

test('scored again without the model, compared, and refused under other settings', async () => {
  const report = read('first/report.json');
  writeFileSync(join(workplace, 'first/report.json'), 'lost');
  expect(await runCommand(workplace, ['evaluate', '--rescore', 'first'])).toMatchObject({
    code: 0,
  });
  expect(read('first/report.json')).toBe(report);

  cpSync(join(workplace, 'first'), join(workplace, 'copy'), { recursive: true });
  const compared = await runCommand(workplace, ['evaluate', '--compare', 'first', 'copy']);
  expect(compared.stdout).toMatch(/^headline .* \+0\.0 \[0\.0, 0\.0\] +6$/m);
  expect(compared.stdout).toContain('0 items gained, 0 lost');

  const other = await runCommand(workplace, [
    'evaluate',
    ...ASKED,
    '--out',
    'first',
    '--seed',
    '9',
  ]);
  expect(other.code).toBe(1);
  expect(other.stderr).toMatch(/seed was 1 and is 9/);
});
