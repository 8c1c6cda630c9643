/** Makes the trainer of a run that trains elsewhere: finds its record, host and folder. It loads no model. */
import { basename, join } from 'node:path';
import { LociError, typedPath } from '@loci/core';
import type { Trainer, TrainingRun } from '@loci/core';
import type { z } from 'zod';
import type { placeOptions, rayOptions } from '../options.ts';
import type { StartRewardServer } from '../ports.ts';
import { checkAccess, rayAddress } from '../ray/address.ts';
import { Patience } from '../ray/patience.ts';
import { RayJobs } from '../ray/ray-jobs.ts';
import { ClusterTrainer } from './cluster-trainer.ts';
import { RecordKeeper, newRecord, readRecord } from './cluster-record.ts';
import type { ClusterRecord } from './cluster-record.ts';
import type { ClusterEngine, StoragePlaces } from './engine.ts';
import type { JobHost } from './job-host.ts';
import type { Preflight } from './preflight/preflight.ts';
import { ProcessHost } from './process-host.ts';
import { RayHost } from './ray-host.ts';
import { RewardsOfRun, SCORED_FILE } from './rewards-of-run.ts';
import { RunFiller } from './run-filler.ts';
import { ScoredRollouts } from './scored-rollouts.ts';
import type { StepRollouts } from './step-rollouts.ts';

/** Options of Ray, parsed. */
export type RaySettings = z.output<z.ZodObject<typeof rayOptions>>;

/** Options of storage, machines and rewards, parsed. */
export type PlaceSettings = z.output<z.ZodObject<typeof placeOptions>>;

/** Input of `openClusterTrainer`. */
export interface OpenTrainerOptions {
  readonly run: TrainingRun;
  readonly engine: ClusterEngine;
  /** Undefined for a run whose job is a process on this machine. */
  readonly ray: RaySettings | undefined;
  readonly place: Pick<PlaceSettings, 'storage' | 'storageHere' | 'rewards'>;
  readonly startServer: StartRewardServer;
  /** Makes the check of the cluster before a job is sent. */
  readonly preflight: (made: {
    readonly host: JobHost;
    readonly keeper: RecordKeeper;
  }) => Preflight;
  /** Source of the rollouts; by default the record of the run's reward server. */
  readonly rollouts?: StepRollouts;
}

/** How long to wait for a head that is starting. */
const START_PATIENCE_MS = 60_000;
const PROCESS_POLL_MS = 1000;

/**
 * Makes the cheap checks, requests the version of the head, and then opens the run folder.
 *
 * @throws LociError of the access or the folder; `engine-differs` for a run that another engine started.
 */
export async function openClusterTrainer(options: OpenTrainerOptions): Promise<Trainer> {
  const { run, engine, ray, place, startServer } = options;
  const { config, origin, logger, runDirectory, baseDirectory } = run;
  await engine.check();
  const jobs = ray === undefined ? undefined : await reachedHead(ray, run);
  const known = run.resume ? readRecord(runDirectory) : undefined;
  if (known !== undefined && known.engine !== engine.name) {
    throw new LociError(
      'engine-differs',
      `The run ${runDirectory} trains with ${known.engine}, but trainer.use is ${engine.name}, which cannot read its checkpoints. Set trainer.use to ${known.engine}, or start a new run`,
    );
  }
  const sinks = await run.parts.sinks();
  const store = run.openFolder();
  store.begin(config, baseDirectory, origin);
  store.resumed();
  const record = known ?? newRecord(basename(runDirectory), engine.name, engine.version);
  const keeper = new RecordKeeper(runDirectory, record, () => store.assertWritable());
  keeper.change({ engineVersion: engine.version });
  const host = hostOf(jobs, keeper.record, options);
  const storage = storageOf(place, baseDirectory);
  const { scoredBytes } = keeper.record;
  const { record: recordedAt } = place.rewards;
  const file =
    recordedAt === undefined
      ? join(runDirectory, SCORED_FILE)
      : typedPath(recordedAt, baseDirectory);
  const perStep = config.promptsPerStep * run.parts.sampler.completionsPerPrompt;
  const rollouts =
    options.rollouts ??
    new ScoredRollouts({ file, offset: scoredBytes, perStep, prefix: `${keeper.record.name}-` });
  return new ClusterTrainer({
    ...{ engine, host, keeper, storage, runDirectory, logger, steps: config.steps },
    filler: new RunFiller({ store, sinks, keeper, config, logger, rollouts }),
    rewards: new RewardsOfRun({
      settings: place.rewards,
      startServer,
      keeper,
      runDirectory,
      logger,
    }),
    preflight: options.preflight({ host, keeper }),
    address: jobs?.url,
    pollMs: ray?.pollMs ?? PROCESS_POLL_MS,
  });
}

/** A client of the head in the options, once it has answered. */
async function reachedHead(
  settings: RaySettings,
  { logger, baseDirectory }: Pick<TrainingRun, 'logger' | 'baseDirectory'>,
): Promise<RayJobs> {
  const { tokenFile, allowOpenDashboard } = settings;
  const access = {
    address: rayAddress(settings.address),
    tokenFile: tokenFile === undefined ? undefined : typedPath(tokenFile, baseDirectory),
    allowOpenDashboard,
  };
  for (const line of checkAccess(access)) logger.warn(line);
  const jobs = new RayJobs(access);
  const forMs = Math.min(START_PATIENCE_MS, settings.patienceMs);
  const { version } = await new Patience({ forMs, logger }).until(() => jobs.version());
  logger.info(`Ray ${version} at ${jobs.url}`);
  return jobs;
}

/** The storage as the nodes and this machine see it. */
export function storageOf(
  { storage, storageHere }: Pick<PlaceSettings, 'storage' | 'storageHere'>,
  baseDirectory: string,
): StoragePlaces {
  if (storageHere === false) return { nodes: storage, here: undefined };
  return {
    nodes: storage,
    here: storageHere === undefined ? storage : typedPath(storageHere, baseDirectory),
  };
}

function hostOf(
  jobs: RayJobs | undefined,
  { run: owner, attempts }: ClusterRecord,
  { run, ray }: OpenTrainerOptions,
): JobHost {
  const { runDirectory, logger } = run;
  if (jobs === undefined || ray === undefined) return new ProcessHost(join(runDirectory, 'jobs'));
  const last = attempts.at(-1);
  if (last?.address !== undefined && last.end === undefined && last.address !== jobs.url) {
    logger.warn(
      `the job ${last.submissionId} was sent to ${last.address}, and Loci looks for it at ${jobs.url}: where that is another cluster, stop the old job by hand`,
    );
  }
  const { patienceMs } = ray;
  return new RayHost({ jobs, owner, folder: basename(runDirectory), patienceMs, logger });
}
