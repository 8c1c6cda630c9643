import { readFileSync } from 'node:fs';
import { LociError, forecastRewards, messageOf } from '@loci/core';
import type { RunReward } from '@loci/core';
import type { FastifyInstance } from 'fastify';
import { listenForInterrupt } from '../interrupt.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { openRun, plainLogger } from '../open-run.ts';
import type { ServeRewardsFlags } from '../flags.ts';
import { ownVersion } from '../own-version.ts';
import { resolveUserPath } from '../paths.ts';
import { TOKEN_VARIABLE, requiredToken } from '../serve/access.ts';
import { ScoredRecord } from '../serve/gather/record.ts';
import { RequestLog } from '../serve/request-log.ts';
import { createRewardServer } from '../serve/server.ts';
import { startWarnings } from '../serve/start-warnings.ts';
import { unusedSettings } from '../unused-settings.ts';
import { threadedRewards } from '../serve/threaded-rewards.ts';
import { endUnlessReleased } from '../cluster/until-released.ts';
import type { ThreadedRewards } from '../serve/threaded-rewards.ts';

const HOST = '127.0.0.1';
const PORT = 8181;

/** Most threads of a reward that is not bundled, so that a hanging call of one request does not delay others. */
const THREADS = 4;

/**
 * Serves the rewards of a config over HTTP until Ctrl-C.
 *
 * @throws LociError of the config; `no-rewards`, `token-missing`, `port-taken`, `cannot-listen`.
 */
export async function serveRewards(
  flags: ServeRewardsFlags,
  io: Io,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<void> {
  const { host = HOST, port = PORT, quiet = false } = flags;
  const token = requiredToken(host, withTokenFile(flags.tokenFile, io, environment));
  const logger = plainLogger(io, quiet);
  if (flags.untilReleased === true) endUnlessReleased(process.stdin, () => endAlone(io));
  const surroundings = { logger, rewardThreads: THREADS, brings: ['reward'] as const };
  for (const line of unusedSettings('serve-rewards', flags.set)) logger.warn(line);
  const run = await openRun(flags, io, surroundings);
  let threaded: ThreadedRewards | undefined;
  try {
    const rewards = await run.rewards();
    if (rewards.length === 0)
      throw new LociError('no-rewards', 'The config names no reward to serve');
    for (const warning of startWarnings(rewards)) logger.warn(warning);
    const thousand = { name: 'each thousand', completions: 1000, samples: [] };
    for (const line of forecastRewards(rewards, thousand)) logger.info(line);
    threaded = threadedRewards(rewards, flags, io, surroundings);
    const log = new RequestLog((line) => logger.info(line));
    const { record } = flags;
    const recorded =
      record === undefined
        ? undefined
        : new ScoredRecord(resolveUserPath(record, io.userDirectory));
    const server = createRewardServer({
      rewards,
      threaded: () => threaded!.open(),
      version: ownVersion(),
      token,
      hosts: { listensOn: host, allowed: flags.allowHost },
      ...(recorded && { onGathered: (group, score) => recorded.add(group, score) }),
      onAnswered: (completions) => log.answered(completions),
      onRefused: (status, message) => log.refused(status, message),
    });
    const address = await listen(server, host, port);
    print(
      io,
      `serving ${namesOf(rewards)} on ${address}${token === undefined ? '' : ', token required'}`,
    );
    io.result?.({ address, rewards: rewards.map(({ name }) => name) });
    await untilInterrupted(server, io);
    log.flush();
  } finally {
    await threaded?.dispose();
    await run.dispose();
  }
}

/** Ends as a signal from outside would: by what the server has taken, or at once where it does not serve yet. */
function endAlone(io: Io): void {
  print(io, 'the process that started this server has ended before it let it go');
  process.kill(process.pid, 'SIGTERM');
}

/** The environment, with the token of the file if one is named. @throws LociError `token-file`. */
function withTokenFile(
  tokenFile: string | undefined,
  io: Io,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  if (tokenFile === undefined) return environment;
  const file = resolveUserPath(tokenFile, io.userDirectory);
  try {
    const token = readFileSync(file, 'utf8').trim();
    if (token !== '') return { ...environment, [TOKEN_VARIABLE]: token };
  } catch (thrown) {
    const message = `Cannot read the token in ${file}: ${messageOf(thrown)}`;
    throw new LociError('token-file', message, { cause: thrown });
  }
  throw new LociError('token-file', `${file} is empty: write the token into it`);
}

function namesOf(rewards: readonly RunReward[]): string {
  return rewards.map(({ name }) => name).join(', ');
}

/** @returns The address with its port. */
async function listen(server: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      const message = `Port ${port} of ${host} is taken: choose another with --port, or a free one with --port 0`;
      throw new LociError('port-taken', message, { cause: thrown });
    }
    const message = `Cannot listen on port ${port} of ${host}: ${messageOf(thrown)}`;
    throw new LociError('cannot-listen', message, { cause: thrown });
  }
}

/** Serves until Ctrl-C, and then finishes the open requests. */
async function untilInterrupted(server: FastifyInstance, io: Io): Promise<void> {
  const interrupt = listenForInterrupt(() => print(io, 'stopping (again to leave at once)'));
  try {
    await new Promise<void>((resolve) => {
      interrupt.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await server.close();
  } finally {
    interrupt.dispose();
  }
}
