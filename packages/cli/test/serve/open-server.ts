/** Servers for tests: the rewards of a config on a free port, without a command around them. */
import { tmpdir } from 'node:os';
import type { FastifyInstance } from 'fastify';
import type { Run, RunReward } from '@loci/core';
import type { ConfigSource } from '../../src/defaults.ts';
import { openRun } from '../../src/open-run.ts';
import { createRewardServer } from '../../src/serve/server.ts';
import type { RewardServerOptions } from '../../src/serve/server.ts';
import { SAMPLE } from './wire-text.ts';

const runs: Run[] = [];
const servers: FastifyInstance[] = [];

/** Closes all that were opened. */
export async function closeServers(): Promise<void> {
  for (const server of servers.splice(0)) await server.close();
  for (const run of runs.splice(0)) await run.dispose();
}

/** A server of the rewards of a config, or of such as `--set` writes; paths start in `folder`. */
export async function openServer(
  source: string | ConfigSource,
  options:
    | Partial<RewardServerOptions>
    | ((rewards: readonly RunReward[]) => Partial<RewardServerOptions>) = {},
  folder = tmpdir(),
): Promise<FastifyInstance> {
  const logger = { info: () => undefined, warn: () => undefined };
  const io = { out: process.stdout, userDirectory: folder };
  const flags = typeof source === 'string' ? { set: [source] } : source;
  const run = await openRun(flags, io, { logger, rewardThreads: 2 });
  runs.push(run);
  const rewards = await run.rewards();
  const more = typeof options === 'function' ? options(rewards) : options;
  const server = createRewardServer({ rewards, version: '1', ...more });
  servers.push(server);
  await server.listen({ host: '127.0.0.1', port: 0 });
  return server;
}

/** What came back. */
export interface Reply {
  readonly statusCode: number;
  readonly headers: Headers;
  readonly text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test looks into what it expects to be there.
  json(): any;
}

/** Asks over a real connection. */
export async function ask(
  server: FastifyInstance,
  url: string,
  options: RequestInit = {},
): Promise<Reply> {
  const { port } = server.server.address() as { readonly port: number };
  const reply = await fetch(`http://127.0.0.1:${port}${url}`, options);
  const text = await reply.text();
  const json = (): unknown => JSON.parse(text);
  return { statusCode: reply.status, headers: reply.headers, text, json };
}

/** Posts JSON. */
export function post(
  server: FastifyInstance,
  url: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  return ask(server, url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

/** An item of `POST /score`, each completion of five tokens. */
export function item(...texts: readonly string[]): object {
  return { sample: SAMPLE, completions: texts.map((text) => ({ text, tokenCount: 5 })) };
}
