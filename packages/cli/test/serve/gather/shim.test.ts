import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { columnNames, shimSource } from '@loci/cluster';
import type { RunReward } from '@loci/core';
import type { FastifyInstance } from 'fastify';
import { ScoredRecord } from '../../../src/serve/gather/record.ts';
import type { ScoredLine } from '../../../src/serve/gather/record.ts';
import { closeServers, openServer } from '../open-server.ts';
import { GOOD, SAMPLE } from '../wire-text.ts';

afterAll(closeServers);

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Calls compute_score as verl does, a group at once, and prints what it returns or raises. */
const CALLER = `
import asyncio, json, sys
import loci_reward
async def main():
    calls = json.load(sys.stdin)
    said = await asyncio.gather(*(loci_reward.compute_score(**call) for call in calls), return_exceptions=True)
    print(json.dumps([{"raised": str(one)} if isinstance(one, Exception) else one for one in said]))
asyncio.run(main())
`;

/** Calls the plugin of ms-swift with the columns that it hands on. */
const SWIFT_CALLER = `
import asyncio, json, sys
import loci_swift
class State:
    global_step = 4
calls = json.load(sys.stdin)
reward = loci_swift.orms["loci"]()
print(json.dumps(asyncio.run(reward(
    [call["text"] for call in calls],
    sample=[call["sample"] for call in calls],
    prompt_id=[call["prompt"] for call in calls],
    request_id=[str(index) for index in range(len(calls))],
    response_token_ids=[[1, 2]] * len(calls),
    is_truncated=[False] * len(calls),
    split=["train"] * len(calls),
    opened=[""] * len(calls),
    trainer_state=State(),
))))
`;

function folderOf(port: number, config: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'loci-shim-'));
  writeFileSync(join(folder, 'loci_reward.py'), shimSource('loci_reward.py'));
  writeFileSync(join(folder, 'call.py'), CALLER);
  const whole = {
    url: `http://127.0.0.1:${port}`,
    tokenFile: null,
    timeoutSeconds: 5,
    attempts: 2,
    groupSize: 2,
    validationGroupSize: 1,
    needsGroup: true,
    maxNewTokens: 64,
    silentTokenIds: [],
    columns: [],
    run: 'run-1',
    ...config,
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(whole));
  return folder;
}

/** @returns What each call returned, or the message that it raised. */
async function call(folder: string, calls: readonly object[]): Promise<Record<string, unknown>[]> {
  const child = spawn('python3', ['call.py'], { cwd: folder });
  let out = '';
  let errors = '';
  child.stdout.on('data', (piece: Buffer) => (out += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (errors += piece.toString()));
  child.stdin.end(JSON.stringify(calls));
  await new Promise((resolve) => child.once('close', resolve));
  if (out === '') throw new Error(errors);
  return JSON.parse(out.trim().split('\n').at(-1)!) as Record<string, unknown>[];
}

function completion(text: string, loci: object, more: object = {}): object {
  const truth = JSON.stringify({ ...SAMPLE, id: 'q-1', media: [] });
  const extra = { split: 'train', index: 7, num_turns: 1, loci, ...more };
  return { data_source: 'loci', solution_str: text, ground_truth: truth, extra_info: extra };
}

const portOf = (server: FastifyInstance): number =>
  (server.server.address() as { readonly port: number }).port;

const RIGHT = 'It stands there.</think><answer>4</answer>';

const withPython = hasPython() ? describe : describe.skip;

withPython('the shim of verl', () => {
  test('a group is scored whole, with tokens, truncation and what the prompt opened; every completion has the same columns', async () => {
    const record = join(mkdtempSync(join(tmpdir(), 'loci-record-')), 'scored.jsonl');
    const recorded = new ScoredRecord(record);
    let rewards: readonly RunReward[] = [];
    const config = '[answer, format, { use: length, options: { minTokens: 3, maxTokens: 9 } }]';
    const server = await openServer(`rewards=${config}`, (made) => {
      rewards = made;
      return { onGathered: (group, score) => recorded.add(group, score) };
    });
    const columns = columnNames(rewards);
    const folder = folderOf(portOf(server), { columns });
    const group = { group: 'uid', step: 3 };
    const opened = { opened: '<think>\n' };
    const said = await call(folder, [
      completion(RIGHT, { ...group, member: 'uid_0', tokens: 5 }, opened),
      completion(RIGHT, { ...group, member: 'uid_1', tokens: 64, truncated: true }, opened),
    ]);
    expect(said.map((one) => Object.keys(one))).toEqual([
      ['score', ...columns],
      ['score', ...columns],
    ]);
    expect(said[0]).toMatchObject({
      score: 2.2,
      answer: 1,
      format: 1,
      length: 0.2,
      tokens: 5,
      truncated: 0,
    });
    expect(said[1]).toMatchObject({
      score: 2,
      length: 0,
      tokens: 64,
      truncated: 1,
      'answer/parsed': 1,
    });
    const lines = readFileSync(record, 'utf8').trim().split('\n');
    const read = lines.map((line) => JSON.parse(line) as ScoredLine);
    expect(read.map(({ member }) => member).sort()).toEqual(['uid_0', 'uid_1']);
    expect(read[0]).toMatchObject({
      ...{ step: 3, sampleId: 'q-1', opened: '<think>\n', text: RIGHT, group: 'run-1:uid' },
      ...{ split: 'train', advantage: null },
    });
  }, 30_000);

  test('a failure is raised and never a 0: a failed reward, every reward abstaining, an error answer, a server that has gone', async () => {
    const server = await openServer('rewards=[{ use: map, options: { when: always } }]');
    const abstains = folderOf(portOf(server), { groupSize: 1, needsGroup: false });
    const single = (loci: object): object => completion(RIGHT, loci, { index: 1 });
    const bare = {
      ...single({}),
      ground_truth: JSON.stringify({ problemType: 'numerical', solution: '<answer>4</answer>' }),
    };
    expect(await call(abstains, [bare])).toEqual([
      { raised: expect.stringContaining('every reward abstained') },
    ]);

    const length = await openServer('rewards=[answer, length]');
    const uncounted = folderOf(portOf(length), { groupSize: 1 });
    expect(await call(uncounted, [single({})])).toEqual([
      { raised: expect.stringContaining('length') },
    ]);

    const locked = await openServer('rewards=[answer]', { token: 'sesame' });
    const noToken = folderOf(portOf(locked), { groupSize: 1 });
    expect(await call(noToken, [single({})])).toEqual([{ raised: expect.stringContaining('401') }]);
    const tokenFile = join(noToken, 'token');
    writeFileSync(tokenFile, 'sesame\n');
    const trusted = folderOf(portOf(locked), { groupSize: 1, tokenFile });
    expect(await call(trusted, [single({})])).toEqual([expect.objectContaining({ score: 1 })]);

    const port = portOf(length);
    await length.close();
    const gone = folderOf(port, { groupSize: 1 });
    expect(await call(gone, [single({})])).toEqual([
      { raised: expect.stringContaining('did not answer 2 times') },
    ]);
  }, 60_000);

  test('without a group the index is one, where a reward needs it; a validation row is a group of its own', async () => {
    const server = await openServer('rewards=[answer]');
    const folder = folderOf(portOf(server), {});
    const validation = completion(RIGHT, {}, { split: 'validation' });
    const said = await call(folder, [completion(RIGHT, {}), completion('no', {}), validation]);
    expect(said.map(({ score }) => score)).toEqual([1, 0, 1]);
  }, 30_000);

  test('ms-swift: a group with an unscored completion is None throughout, and other groups keep their scores', async () => {
    const server = await openServer('rewards=[answer, format]');
    const folder = folderOf(portOf(server), { groupSize: 2, attempts: 1 });
    writeFileSync(join(folder, 'loci_swift.py'), shimSource('loci_swift.py'));
    writeFileSync(join(folder, 'call.py'), SWIFT_CALLER);
    const truth = JSON.stringify({ ...SAMPLE, id: 'q-1', media: [] });
    const wrong = JSON.stringify({ ...SAMPLE, id: 'q-2', solution: '<answer>many</answer>' });
    const said: unknown = await call(folder, [
      { text: GOOD, sample: truth, prompt: 'a' },
      { text: 'no', sample: truth, prompt: 'a' },
      { text: GOOD, sample: wrong, prompt: 'b' },
      { text: GOOD, sample: wrong, prompt: 'b' },
    ]);
    expect(said).toEqual([2, 0, null, null]);
  }, 30_000);
});
