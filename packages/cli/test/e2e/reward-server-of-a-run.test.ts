/** The reward server of a run, by the built command, when the process that started it is killed or ends before it is recorded and let go. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, jest, test } from '@jest/globals';

jest.setTimeout(60_000);

const STARTER = pathToFileURL(
  join(import.meta.dirname, '../../dist/cluster/start-rewards.js'),
).href;

/** Starts a server from a process of its own, which then does `further`, and comes to its end one way or the other. */
async function startedBy(further: string): Promise<{ readonly pid: number; log(): string }> {
  const folder = mkdtempSync(join(tmpdir(), 'loci-reward-server-'));
  writeFileSync(join(folder, 'config.yaml'), 'rewards: [format]\n');
  const script = `
    import { startRewards } from ${JSON.stringify(STARTER)};
    const runDirectory = ${JSON.stringify(folder)};
    const server = await startRewards({
      ...{ runDirectory, host: '127.0.0.1', port: 0, allowHost: '127.0.0.1' },
      record: runDirectory + '/scored.jsonl',
    });
    process.stdout.write(JSON.stringify({ pid: server.pid, url: server.url }));
    ${further}
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  let text = '';
  child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  const { pid } = JSON.parse(text) as { readonly pid: number };
  return { pid, log: () => readFileSync(join(folder, 'reward-server.log'), 'utf8') };
}

/** Whether a process is there after a moment in which it could have ended. */
async function isThereAfter(pid: number, ms: number): Promise<boolean> {
  for (let waited = 0; waited < ms; waited += 50) {
    try {
      process.kill(pid, 0);
    } catch {
      return false;
    }
    await sleep(50);
  }
  return true;
}

test.each([
  ['is killed', "process.kill(process.pid, 'SIGKILL');"],
  ['ends', ''],
])('it ends where its starter %s before it let it go', async (_, further) => {
  const { pid, log } = await startedBy(further);
  expect(await isThereAfter(pid, 10_000)).toBe(false);
  expect(log()).toMatch(/has ended before it let it go/u);
});

test('it stays where its starter is killed after it let it go, and ends by a signal', async () => {
  const { pid } = await startedBy(
    "server.release(); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 100);",
  );
  expect(await isThereAfter(pid, 1000)).toBe(true);
  process.kill(pid, 'SIGTERM');
  expect(await isThereAfter(pid, 10_000)).toBe(false);
});
