/** Servers for tests: the rewards of a config, without a command and mostly without a port. */
import { tmpdir } from 'node:os';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import type { Run } from '@loci/core';
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

/** A server of rewards, written as on the command line; paths start in `folder`. */
export async function openServer(
  rewards: string,
  options: Partial<RewardServerOptions> = {},
  folder = tmpdir(),
): Promise<FastifyInstance> {
  const logger = { info: () => undefined, warn: () => undefined };
  const io = { out: process.stdout, userDirectory: folder };
  const run = await openRun({ set: [rewards] }, io, { logger, rewardThreads: 2 });
  runs.push(run);
  const server = createRewardServer({ rewards: await run.rewards(), version: '1', ...options });
  servers.push(server);
  return server;
}

/** Posts JSON without a connection. */
export function post(
  server: FastifyInstance,
  url: string,
  payload: object,
): Promise<LightMyRequestResponse> {
  return server.inject({ method: 'POST', url, payload });
}

/** An item of `POST /score`, each completion of five tokens. */
export function item(...texts: readonly string[]): object {
  return { sample: SAMPLE, completions: texts.map((text) => ({ text, tokenCount: 5 })) };
}
