/** Evaluations that are killed, or two at once, as a person meets them. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, jest, test } from '@jest/globals';
import { runCommand, startCommand } from './command.ts';
import { makeWorkplace } from './workplace.ts';

jest.setTimeout(180_000);

const ASKED = '--config tiny.yaml --policy model --items 6'.split(' ');
const FILMED = [...ASKED, '--set', 'evaluate.controls=false'];

let workplace: string;
beforeAll(async () => {
  workplace = await makeWorkplace();
});

const linesOf = (path: string): readonly string[] =>
  readFileSync(join(workplace, path), 'utf8').trimEnd().split('\n');

test('continues after a kill, and repeats no request', async () => {
  const slow = ['evaluate', ...FILMED, '--out', 'killed', '--set', 'evaluate.batchSize=1'];
  const running = startCommand(workplace, slow);
  await running.sees(/asked [2-5]\/6/);
  running.process.kill('SIGKILL');
  await running.ended;
  const kept = linesOf('killed/predictions.jsonl');
  expect(kept.length).toBeGreaterThan(1);
  expect(existsSync(join(workplace, 'killed/report.json'))).toBe(false);
  expect(await runCommand(workplace, slow)).toMatchObject({ code: 0 });
  const all = linesOf('killed/predictions.jsonl');
  expect(all.slice(0, kept.length)).toEqual(kept);
  expect(all).toHaveLength(6);

  expect(await runCommand(workplace, ['evaluate', ...FILMED, '--out', 'whole'])).toMatchObject({
    code: 0,
  });
  const compared = await runCommand(workplace, ['evaluate', '--compare', 'whole', 'killed']);
  expect(compared.stdout).toMatch(/^headline .* \+0\.0 \[0\.0, 0\.0\] +6$/m);
  expect(compared.stdout).toContain('0 items gained, 0 lost');
});

test('two at once: a folder takes one of them, and without --out each has its own', async () => {
  const slow = ['evaluate', ...FILMED, '--set', 'evaluate.batchSize=1'];
  const running = startCommand(workplace, [...slow, '--out', 'shared']);
  await running.sees(/answers are kept in/);
  // It stands still, so that it is at work for as long as the others take.
  running.process.kill('SIGSTOP');
  for (const words of [
    [...slow, '--out', 'shared'],
    ['evaluate', '--rescore', 'shared'],
  ]) {
    const refused = await runCommand(workplace, words);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      new RegExp(`^error folder-in-use: .*written by process ${running.process.pid} on `),
    );
  }
  running.process.kill('SIGHUP');
  running.process.kill('SIGCONT');
  expect(await running.ended).toMatchObject({ code: 1, signal: null });
  const both = await Promise.all([1, 2].map(() => runCommand(workplace, slow)));
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  const folders = both.map(({ stdout }) => /answers are kept in (.*)/.exec(stdout)![1]!);
  expect(new Set(folders).size).toBe(2);
  for (const folder of folders) {
    expect(readFileSync(join(folder, 'predictions.jsonl'), 'utf8').match(/\n/g)).toHaveLength(6);
    expect(readdirSync(folder).filter((name) => /writer|tmp$/.test(name))).toEqual([]);
  }
});
