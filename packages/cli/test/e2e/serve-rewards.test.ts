/** The reward server as a person runs it: built, in a process of its own, stopped by Ctrl-C. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { GOOD, SAMPLE } from '../serve/wire-text.ts';
import { runCommand, startCommand } from './command.ts';

const REWARD = `
import { defineReward } from '@loci/core';
export const talkative = defineReward({
  name: 'talkative',
  description: 'Says what it sees.',
  score: ({ text }) => {
    console.log('talkative saw ' + text.length + ' letters');
    if (text === 'exit') process.exit(1);
    return 1;
  },
});`;

function folderWithReward(): string {
  const folder = mkdtempSync(join(tmpdir(), 'loci-serve-'));
  writeFileSync(join(folder, 'talkative.ts'), REWARD);
  writeFileSync(
    join(folder, 'serve.yaml'),
    'rewards: [answer, { use: map, isolate: true }, ./talkative.ts]\n',
  );
  return folder;
}

describe('serve-rewards', () => {
  test('serves until Ctrl-C; shows the output of rewards; names a taken port', async () => {
    const folder = folderWithReward();
    const words = ['serve-rewards', '--config', 'serve.yaml', '--port', '0'];
    const running = startCommand(folder, words);
    let printed = '';
    running.process.stdout!.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    await running.sees(/serving answer, map, talkative on http:\/\/127\.0\.0\.1:\d+\n/);
    const port = /127\.0\.0\.1:(\d+)/.exec(printed)![1]!;

    const score = async (text: string): Promise<unknown> => {
      const reply = await fetch(`http://127.0.0.1:${port}/score`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ items: [{ sample: SAMPLE, completions: [{ text }] }] }),
      });
      return reply.json();
    };
    expect(await score(GOOD)).toMatchObject({ items: [{ completions: [{ reward: 3 }] }] });
    expect(await score('exit')).toMatchObject({
      items: [{ failures: [{ reward: 'talkative' }], completions: [{ reward: null }] }],
    });
    expect(await score(GOOD)).toMatchObject({ items: [{ completions: [{ reward: 3 }] }] });

    const second = await runCommand(folder, [...words.slice(0, -1), port]);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`Port ${port} of 127.0.0.1 is taken: choose another`);

    running.process.kill('SIGINT');
    const ended = await running.ended;
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^talkative saw \d+ letters$/m);
    expect(ended.stdout).toContain('warning: The thread of the reward "talkative" ended');
    expect(ended.stdout).toContain('stopping (again to leave at once)');
    expect(ended.stdout).toMatch(/^3 completions in 3 requests$/m);
  });

  test('does not serve others without a token', async () => {
    const folder = folderWithReward();
    const ended = await runCommand(folder, ['serve-rewards', '--host', '0.0.0.0', '--port', '0']);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('set a token in the environment variable LOCI_REWARDS_TOKEN');
  });
});
