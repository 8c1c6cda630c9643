/**
 * `nx run cli:bench-serve`: measures the completions per second of the reward server over loopback, with the client on the same machine,
 * and the cost of scoring alone. Each figure is the best of a few rounds, since machines are noisy.
 */
import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LociError, scoreTexts } from '@loci/core';
import type { RunReward } from '@loci/core';
import { openRun } from '../../open-run.ts';
import { asSample, scoreBody, wireSample } from '../wire.ts';
import { benchGroups, openRlhfRequests, plainRequests } from './traffic.ts';
import type { BenchGroup, BenchRequest } from './traffic.ts';

const { values } = parseArgs({
  options: {
    completions: { type: 'string', default: '8000' },
    rounds: { type: 'string', default: '3' },
  },
});

const GROUP = 8;
const PLAIN = 'rewards=[answer, map, format, length]';
/** Without `length`, since OpenRLHF sends no token counts. */
const UNCOUNTED = 'rewards=[answer, map, format]';

async function main(): Promise<void> {
  const groups = benchGroups(Math.ceil(Number(values.completions) / GROUP), GROUP, 1);
  const letters = groups.flatMap(({ completions }) => completions.map(({ length }) => length));
  const mean = Math.round(letters.reduce((sum, length) => sum + length, 0) / letters.length);
  printLine(`${letters.length} completions of ${mean} letters on average, groups of ${GROUP}`);
  await inProcess(groups);
  const single = openRlhfRequests(groups, 1);
  await overHttp(PLAIN, 'POST /score, 16 groups a request', plainRequests(groups, 16), 2);
  await overHttp(PLAIN, 'POST /score, one group a request', plainRequests(groups, 1), 8);
  await overHttp(UNCOUNTED, 'OpenRLHF, 128 items a request', openRlhfRequests(groups, 128), 2);
  await overHttp(UNCOUNTED, 'OpenRLHF, one item a request', single, 32);
  await overHttp(UNCOUNTED, 'OpenRLHF, one item a connection', single, 32, false);
}

/** Measures the parts of the work without a connection. */
async function inProcess(groups: readonly BenchGroup[]): Promise<void> {
  const logger = { info: () => undefined, warn: () => undefined };
  const io = { out: process.stdout, userDirectory: process.cwd() };
  const run = await openRun({ set: [PLAIN] }, io, { logger });
  const rewards = await run.rewards();
  const count = groups.length * GROUP;
  await report('scoring alone', count, () => scoreAll(groups, rewards));
  const bodies = plainRequests(groups, 16).map(({ body }) => body);
  await report('reading bodies alone (JSON and zod)', count, async () => {
    for (const body of bodies) scoreBody.parse(JSON.parse(body));
  });
  await run.dispose();
}

async function scoreAll(
  groups: readonly BenchGroup[],
  rewards: readonly RunReward[],
): Promise<void> {
  for (const { sample, completions } of groups) {
    const texts = completions.map((text) => ({
      text,
      tokenCount: 500,
      finishReason: 'stop' as const,
    }));
    await scoreTexts(
      { sample: asSample(wireSample.parse(sample), ''), completions: texts },
      rewards,
    );
  }
}

/** Measures the server in a process of its own, over a few connections that each wait for their answer. */
async function overHttp(
  rewards: string,
  what: string,
  requests: readonly BenchRequest[],
  connections: number,
  keepAlive = true,
): Promise<void> {
  const main = join(import.meta.dirname, '../../main.js');
  const words = [main, 'serve-rewards', '--port', '0', '--quiet', '--set', rewards];
  const server = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const agent = new Agent({ keepAlive, maxSockets: connections });
  try {
    const port = await new Promise<number>((resolve, reject) => {
      server.stdout.on('data', (chunk: Buffer) => {
        const [, found] = /on http:\/\/127\.0\.0\.1:(\d+)/.exec(chunk.toString()) ?? [];
        if (found !== undefined) resolve(Number(found));
      });
      server.on('exit', () => reject(new LociError('bench-failed', 'The server did not start')));
    });
    const count = requests.reduce((sum, { completions }) => sum + completions, 0);
    await report(`${what}, ${connections} at once`, count, async () => {
      const waiting = requests.values();
      const connection = async (): Promise<void> => {
        for (const asked of waiting) await send(port, agent, asked);
      };
      await Promise.all(Array.from({ length: connections }, connection));
    });
  } finally {
    agent.destroy();
    server.kill('SIGINT');
  }
}

function send(port: number, agent: Agent, { path, body }: BenchRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const sent = request({ port, path, method: 'POST', agent, headers }, (reply) => {
      reply.resume();
      reply.on('end', () =>
        reply.statusCode === 200
          ? resolve()
          : reject(new LociError('bench-failed', `The server answered ${reply.statusCode}`)),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Prints the best of a few rounds, after one to warm up. */
async function report(what: string, completions: number, work: () => Promise<void>): Promise<void> {
  await work();
  let best = Infinity;
  for (let round = 0; round < Number(values.rounds); round++) {
    const start = performance.now();
    await work();
    best = Math.min(best, performance.now() - start);
  }
  const rate = Math.round((completions / best) * 1000);
  printLine(`${String(rate).padStart(7)} completions/s  ${what}`);
}

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main();
