/** Makes the job of a run without sending it: for `--dry-run` and `export`. */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import {
  ENGINES,
  advertisedHost,
  makeSwiftJob,
  makeVerlJob,
  swiftOptions,
  verlOptions,
} from '@loci/cluster';
import type { ClusterJob, EngineName, JobRequest } from '@loci/cluster';
import { LociError, typedPath } from '@loci/core';
import type { Logger, RunConfig } from '@loci/core';
import type { ConfigSource } from '../defaults.ts';
import { readRunConfig } from '../defaults.ts';
import type { Io } from '../io.ts';
import { openRun } from '../open-run.ts';
import { openExportModel } from '../cluster/export-model.ts';

/** Default port of `serve-rewards`. */
const USUAL_PORT = 8181;

/** Options of `planJob`. */
export interface JobPlan {
  /** Folder for the files of the plan. */
  readonly directory: string;
  readonly logger: Logger;
  /** Engine of the job; by default the one of the config. */
  readonly engine?: EngineName;
  /** Storage of the cluster, for a config without one. */
  readonly storage?: string;
}

/** The job, and the address of the reward server that its shim uses. */
export interface PlannedJob {
  readonly job: ClusterJob;
  readonly rewardsUrl: string;
}

/**
 * Makes the job: rows and frames are written to the storage where this machine reaches it, and into `directory` where it does not.
 *
 * @throws LociError `not-elsewhere` for a config that trains here; those of the config and of the job.
 */
export async function planJob(
  source: ConfigSource,
  io: Io,
  { directory, logger, engine, storage }: JobPlan,
): Promise<PlannedJob> {
  const { origin } = readRunConfig(source, io);
  const surroundings = { logger, runDirectory: directory };
  const run = await openRun(source, io, surroundings, (config) =>
    forEngine(config, engine, storage),
  );
  try {
    const { use, ...given } = run.config.trainer;
    if (!isEngine(use)) throw notElsewhere(use);
    const { rewards } = (use === 'verl' ? verlOptions : swiftOptions).parse(given);
    const rewardsUrl =
      rewards.url ?? `http://${advertisedHost(rewards)}:${rewards.port || USUAL_PORT}`;
    const parts = { dataset: run.dataset, prompt: run.prompt, rewards: run.rewards };
    const request: Omit<JobRequest<unknown>, 'options'> = {
      run: {
        ...{ config: run.config, origin, logger, parts },
        ...{ baseDirectory: io.userDirectory, runDirectory: directory },
      },
      ...{ openModel: openExportModel, attempt: 1, rewardsUrl, name: basename(directory) },
    };
    const job =
      use === 'verl'
        ? makeVerlJob({ ...request, options: reachable(verlOptions.parse(given), io, logger) })
        : makeSwiftJob({ ...request, options: reachable(swiftOptions.parse(given), io, logger) });
    return { job: await job, rewardsUrl };
  } finally {
    await run.dispose();
  }
}

function isEngine(name: string): name is EngineName {
  return ENGINES.some((engine) => engine === name);
}

/** The config with another engine. A config that has this engine already keeps its options. */
function forEngine(
  config: RunConfig,
  engine: EngineName | undefined,
  storage: string | undefined,
): RunConfig {
  if (engine === undefined || config.trainer.use === engine) return config;
  return { ...config, trainer: { use: engine, ...(storage !== undefined && { storage }) } };
}

/** The options, changed to write rows into the folder of the plan where this machine cannot write to the storage. */
function reachable<
  Options extends { readonly storage: string; readonly storageHere?: string | false | undefined },
>(options: Options, io: Io, logger: Logger): Options {
  const { storage, storageHere = storage } = options;
  if (storageHere === false) return options;
  const folder = typedPath(storageHere, io.userDirectory);
  try {
    accessSync(dirname(folder));
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return options;
  } catch {
    logger.warn(
      `cannot write to ${folder} from this machine: rows and frames go beside the plan; copy them to ${storage}`,
    );
    return { ...options, storageHere: false };
  }
}

function notElsewhere(use: string): LociError {
  return new LociError(
    'not-elsewhere',
    `The config trains on this machine, with "${use}": set trainer.use to ${ENGINES.join(' or ')}, or use cli:export with --to`,
  );
}
