/** Starts the reward server of a run in a process of its own, which ends with this one until it is released. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StartRewardServer } from '@loci/cluster';
import { LociError } from '@loci/core';
import { RELEASE } from './until-released.ts';

/** The command line, as it is built. */
const MAIN = join(import.meta.dirname, '../main.js');
const LOG = 'reward-server.log';
const STARTING_MS = 60_000;
const SERVING = /serving .* on (https?:\/\/\S+?)(?:,|\s|$)/gu;

/**
 * Starts `serve-rewards` with the config that the run stored.
 *
 * @throws LociError `rewards-not-started` with the end of its log.
 */
export const startRewards: StartRewardServer = async (request) => {
  const { runDirectory, host, port, record, allowHost, tokenFile } = request;
  const file = join(runDirectory, LOG);
  const before = readIf(file).length;
  const log = openSync(file, 'a');
  const words = [
    ...['serve-rewards', '--config', join(runDirectory, 'config.yaml'), '--host', host],
    ...['--port', String(port), '--record', record, '--until-released'],
    ...['--allow-host', allowHost],
    ...(tokenFile === undefined ? [] : ['--token-file', tokenFile]),
  ];
  const child = spawn(process.execPath, [MAIN, ...words], {
    detached: true,
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  child.unref();
  const stdin = child.stdin!;
  // A server that has ended takes no word; whoever looks at it next sees that.
  stdin.on('error', () => undefined);
  let ended = false;
  child.once('exit', () => (ended = true));
  for (let waited = 0; waited < STARTING_MS && !ended; waited += 100) {
    await sleep(100);
    const [, url] = [...readIf(file).slice(before).matchAll(SERVING)].at(-1) ?? [];
    if (url !== undefined) return { url, pid: child.pid!, release: () => void stdin.end(RELEASE) };
  }
  if (!ended) child.kill();
  const said = readIf(file).slice(before).trim().split('\n').slice(-5).join('\n');
  throw new LociError('rewards-not-started', `The reward server did not start (${file}):\n${said}`);
};

function readIf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
