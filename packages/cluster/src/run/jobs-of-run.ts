/** Finds the jobs of run folders and of heads, to list, follow and stop them. It does not need the run's lock. */
import { basename, join } from 'node:path';
import { typedPath } from '@loci/core';
import type { Logger } from '@loci/core';
import { checkAccess, rayAddress } from '../ray/address.ts';
import type { JobInfo } from '../ray/job-info.ts';
import { Patience } from '../ray/patience.ts';
import { RayJobs } from '../ray/ray-jobs.ts';
import { OWNER_KEY } from '../ray/submit-once.ts';
import { readRecord } from './cluster-record.ts';
import type { Attempt, ClusterRecord } from './cluster-record.ts';
import type { JobHost } from './job-host.ts';
import { ProcessHost } from './process-host.ts';
import { FOLDER_KEY, PURPOSE_KEY, RayHost } from './ray-host.ts';

/** Address and authentication of a head, as a user types them or a config has them. */
export interface HeadAccess {
  readonly address: string;
  readonly tokenFile?: string | undefined;
  readonly allowOpenDashboard?: string | undefined;
}

/** The last job of a run. */
export interface RunJob {
  readonly runDirectory: string;
  readonly record: ClusterRecord;
  readonly attempt: Attempt;
  readonly host: JobHost;
}

/** How long to retry requests to a head. */
const PATIENCE_MS = 10_000;

/**
 * The job of a run folder.
 *
 * @param trainer Options of the run's trainer, as its config stores them.
 * @param baseDirectory Folder that relative paths of the config start from.
 * @returns Undefined for a run without a job.
 * @throws LociError `cluster-record-damaged`; errors of the access.
 */
export function jobOfRun(
  runDirectory: string,
  trainer: Readonly<Record<string, unknown>>,
  baseDirectory: string,
  logger: Logger,
): RunJob | undefined {
  const record = readRecord(runDirectory);
  const attempt = record?.attempts.at(-1);
  if (record === undefined || attempt === undefined) return undefined;
  const { address } = attempt;
  if (address === undefined) {
    return { runDirectory, record, attempt, host: new ProcessHost(join(runDirectory, 'jobs')) };
  }
  const text = (key: string): string | undefined => {
    const value = trainer[key];
    return typeof value === 'string' ? value : undefined;
  };
  const tokenFile = text('tokenFile');
  const jobs = openHead(
    {
      address,
      tokenFile: tokenFile === undefined ? undefined : typedPath(tokenFile, baseDirectory),
      allowOpenDashboard: text('allowOpenDashboard'),
    },
    logger,
  );
  const folder = basename(runDirectory);
  const host = new RayHost({ jobs, owner: record.run, folder, patienceMs: PATIENCE_MS, logger });
  return { runDirectory, record, attempt, host };
}

/** A client of a head. @throws LociError `ray-address`, `ray-unauthenticated`. */
export function openHead(access: HeadAccess, logger: Logger): RayJobs {
  const full = { tokenFile: undefined, ...access, address: rayAddress(access.address) };
  for (const line of checkAccess(full)) logger.warn(line);
  return new RayJobs(full);
}

/** A job that Loci sent to a head. */
export interface HeadJob {
  readonly job: JobInfo;
  /** `train`, `preflight`, `model` */
  readonly purpose: string;
  /** Name of its run folder, without the path. */
  readonly folder: string;
}

/** The jobs of Loci that a head remembers, newest first. */
export async function jobsOfHead(jobs: RayJobs, logger: Logger): Promise<readonly HeadJob[]> {
  const all = await new Patience({ forMs: PATIENCE_MS, logger }).until(() => jobs.list());
  return all
    .filter(({ metadata }) => metadata[OWNER_KEY] !== undefined)
    .map((job) => ({
      job,
      purpose: job.metadata[PURPOSE_KEY] ?? '',
      folder: job.metadata[FOLDER_KEY] ?? '',
    }))
    .sort((a, b) => (b.job.startedAt ?? 0) - (a.job.startedAt ?? 0));
}
