/** The server that scores a run's completions: one that the user runs, or one that Loci starts, which outlives this process once there is a job. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LociError, messageOf } from '@loci/core';
import type { Logger } from '@loci/core';
import type { z } from 'zod';
import type { rewardServerOptions } from '../options.ts';
import { advertisedHost, advertisedUrl } from '../rewards-address.ts';
import type { StartRewardServer, StartedRewardServer } from '../ports.ts';
import type { ClusterRecord, RecordKeeper } from './cluster-record.ts';

/** Settings of `RewardsOfRun`. */
export interface RewardsOptions {
  readonly settings: z.output<typeof rewardServerOptions>;
  readonly startServer: StartRewardServer;
  readonly keeper: RecordKeeper;
  readonly runDirectory: string;
  readonly logger: Logger;
}

/** File in the run folder in which the server records what it scores. */
export const SCORED_FILE = 'scored.jsonl';

const HEALTH_MS = 3000;
/** Interval between two checks of a running server. */
const LOOK_MS = 10_000;
/** How long to wait for a server to end. */
const ENDING_MS = 5000;

/** Starts the server of a run, keeps it running, and ends it. */
export class RewardsOfRun {
  readonly #options: RewardsOptions;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** Started by this process, and ends with it. */
  #held: StartedRewardServer | undefined;

  constructor(options: RewardsOptions) {
    this.#options = options;
  }

  /** @returns Its address as the nodes reach it. @throws LociError when it does not start. */
  async start(): Promise<string> {
    const { settings, keeper, logger } = this.#options;
    if (settings.url !== undefined) return settings.url;
    const known = keeper.record.rewards;
    if (known !== undefined && (await isUp(known))) return this.#advertised(known.url);
    // A running job knows the address of the server, so a new server takes the same port.
    const url = await this.#open(known?.port ?? settings.port);
    logger.info(`the reward server listens on ${url}`);
    return this.#advertised(url);
  }

  /** Lets the server go on without this process: a job is about to need it, and the record names both. */
  release(): void {
    this.#held?.release();
    this.#held = undefined;
  }

  /** Restarts the server while a job runs, when it has ended. */
  async keep(): Promise<void> {
    const { settings, keeper, logger } = this.#options;
    const known = keeper.record.rewards;
    if (settings.url !== undefined || known === undefined) return;
    if (performance.now() - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = performance.now();
    if (await isUp(known)) return;
    logger.warn(`the reward server on ${known.url} has ended; Loci starts it again there`);
    await this.#open(known.port);
    this.release();
  }

  /** Ends the server that Loci started. */
  end(): Promise<void> {
    const { keeper, logger } = this.#options;
    return endServer(keeper.record.rewards, logger);
  }

  async #open(port: number): Promise<string> {
    const { settings, startServer, keeper, runDirectory } = this.#options;
    const { host, tokenFile } = settings;
    const record = join(runDirectory, SCORED_FILE);
    const asked = {
      runDirectory,
      host,
      port,
      record,
      allowHost: advertisedHost(settings),
      ...(tokenFile !== undefined && { tokenFile }),
    };
    const server = await startServer(asked);
    const { url, pid } = server;
    this.#held = server;
    if (!(await isHealthy(url))) {
      throw new LociError(
        'rewards-silent',
        `The reward server was started, but does not answer on ${url}: set trainer.rewards.host to an address of this machine`,
      );
    }
    keeper.change({ rewards: { url, pid, host, port: Number(new URL(url).port) } });
    return url;
  }

  #advertised(url: string): string {
    return advertisedUrl(url, this.#options.settings);
  }
}

/** Ends a server that Loci started for a run, where it still answers. */
export async function endServer(
  server: ClusterRecord['rewards'],
  logger: Pick<Logger, 'warn'>,
): Promise<void> {
  if (server === undefined || !(await isUp(server))) return;
  try {
    process.kill(server.pid, 'SIGTERM');
    for (let waited = 0; waited < ENDING_MS && (await isHealthy(server.url)); waited += 100) {
      await sleep(100);
    }
  } catch (thrown) {
    logger.warn(`cannot end the reward server (process ${server.pid}): ${messageOf(thrown)}`);
  }
}

/** Whether the server answers, and its process is alive: another run's server may have taken its port. */
async function isUp({ url, pid }: NonNullable<ClusterRecord['rewards']>): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return isHealthy(url);
}

/** Whether a server answers. Any status below 500 counts, since it may require a token. */
async function isHealthy(url: string): Promise<boolean> {
  try {
    const { status } = await fetch(`${url.replace(/\/+$/u, '')}/health`, {
      signal: AbortSignal.timeout(HEALTH_MS),
    });
    return status < 500;
  } catch {
    return false;
  }
}
