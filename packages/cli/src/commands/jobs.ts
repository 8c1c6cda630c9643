/** Lists, follows and stops the jobs of runs that train elsewhere. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LogReader, endServer, isEnded, jobOfRun, jobsOfHead, openHead } from '@loci/cluster/jobs';
import type { HeadJob, JobHost, RayJobs, RunJob } from '@loci/cluster/jobs';
import { FolderLock, LociError, messageOf } from '@loci/core';
import type { Logger } from '@loci/core';
import { readRunConfig } from '../defaults.ts';
import type { JobsFlags } from '../flags.ts';
import { listenForInterrupt } from '../interrupt.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { findJobRuns } from '../job-runs.ts';
import { situationOf } from '../moved-run.ts';
import { nextCommand } from '../next-command.ts';
import { plainLogger } from '../open-run.ts';
import { resolveUserPath } from '../paths.ts';
import { renderTable } from '../render/table.ts';
import { tableWidth } from '../render/terminal.ts';

const POLL_MS = 1000;

/**
 * Lists jobs, follows the log of one, or stops them.
 *
 * @throws LociError `no-such-folder`, `no-jobs`, `one-job` for `--tail` of several, and those of the head.
 */
export async function jobs(flags: JobsFlags, io: Io): Promise<void> {
  const logger = plainLogger(io, false);
  if (flags.address !== undefined) return jobsOn(flags.address, flags, io, logger);
  const found = jobsOfRuns(flags, io, logger);
  if (flags.tail === true) {
    const { host, attempt } = theOne(found);
    return tail(host, attempt.submissionId, io);
  }
  if (flags.stop !== true) return listRuns(found, io);
  if (flags.runs.length === 0) {
    throw new LociError(
      'no-jobs',
      `Name the runs whose jobs to stop: ${nextCommand('jobs', '--stop RUN')}`,
    );
  }
  const stopped: StoppedJob[] = [];
  for (const job of found) stopped.push(await stopRun(job, io, logger));
  io.result?.({ jobs: stopped });
}

/** The jobs of the runs that are named. */
function jobsOfRuns({ runs }: JobsFlags, io: Io, logger: Logger): readonly RunJob[] {
  const folders = (runs.length > 0 ? runs : ['runs']).map((typed) =>
    resolveUserPath(typed, io.userDirectory),
  );
  const missing = folders.find((folder) => !existsSync(folder));
  if (missing !== undefined && runs.length > 0) {
    throw new LociError(
      'no-such-folder',
      `There is no ${missing}: name a run, or a folder with runs`,
    );
  }
  const found = folders.flatMap(findJobRuns).flatMap((directory) => {
    const stored = readRunConfig({ stored: join(directory, 'config.yaml'), set: [] }, io).config;
    const { baseDirectory } = situationOf(directory, stored, io.userDirectory);
    return jobOfRun(directory, stored.trainer, baseDirectory, logger) ?? [];
  });
  if (found.length > 0) return found;
  throw new LociError(
    'no-jobs',
    `No run in ${folders.join(', ')} has a job: only runs with trainer: { use: verl, … } or ms-swift have one. --address lists the jobs of a head`,
  );
}

async function listRuns(found: readonly RunJob[], io: Io): Promise<void> {
  const listed = await Promise.all(
    found.map(async ({ runDirectory, record, attempt, host }) => ({
      ...{ run: runDirectory, status: await statusOf(host, attempt.submissionId) },
      ...{ stepsRead: Math.max(0, record.filled), totalSteps: attempt.totalSteps },
      ...{ engine: record.engine, job: attempt.submissionId, place: host.place },
    })),
  );
  const rows = listed.map(({ run, status, stepsRead, totalSteps, engine, job, place }) => [
    ...[run, status, `${stepsRead}/${totalSteps}`, engine, job, place],
  ]);
  const header = ['run', 'status', 'steps read', 'engine', 'job', 'on'];
  print(io, renderTable(header, rows, tableWidth(io.out)));
  io.result?.({ jobs: listed });
}

/** Status of a job. An unreachable head is a status too, so that the list still shows the jobs of others. */
async function statusOf(host: JobHost, id: string): Promise<string> {
  try {
    return (await host.look(id))?.status.toLowerCase() ?? 'unknown there';
  } catch (thrown) {
    if (!LociError.is(thrown)) throw thrown;
    return thrown.code === 'ray-unreachable' ? 'out of reach' : messageOf(thrown);
  }
}

/** A job that was asked to stop, and how it stands then. */
interface StoppedJob {
  /** Its run folder; absent of a job that is named by its id. */
  readonly run?: string;
  readonly job: string;
  readonly status: string;
}

async function stopRun(
  { runDirectory, record, attempt, host }: RunJob,
  io: Io,
  logger: Logger,
): Promise<StoppedJob> {
  const id = attempt.submissionId;
  const state = await host.look(id);
  const runs = state !== undefined && !isEnded(state.status);
  if (runs) await host.stop(id);
  const status = runs ? await ended(host, id) : (state?.status.toLowerCase() ?? 'unknown there');
  print(io, `${id} (${runDirectory})${runs ? '' : ' does not run'}: ${status}`);
  // A process that follows the run ends its reward server itself.
  if (!FolderLock.isHeld(runDirectory)) await endServer(record.rewards, logger);
  return { run: runDirectory, job: id, status };
}

async function ended(host: Pick<JobHost, 'look'>, id: string): Promise<string> {
  for (;;) {
    const state = await host.look(id);
    if (state === undefined || isEnded(state.status)) return state?.status.toLowerCase() ?? 'gone';
    await sleep(POLL_MS);
  }
}

async function tail(host: Pick<JobHost, 'look' | 'log'>, id: string, io: Io): Promise<void> {
  const reader = new LogReader();
  const kept: string[] = [];
  let status = 'unknown there';
  const interrupt = listenForInterrupt(() => undefined);
  try {
    while (!interrupt.signal.aborted) {
      const state = await host.look(id);
      const isLast = state === undefined || isEnded(state.status);
      status = state?.status.toLowerCase() ?? 'unknown there';
      for (const line of reader.take(await host.log(id), isLast).lines) {
        print(io, line);
        if (io.result) kept.push(line);
      }
      if (isLast) break;
      await sleep(POLL_MS, undefined, { signal: interrupt.signal }).catch(() => undefined);
    }
  } finally {
    interrupt.dispose();
  }
  io.result?.({ job: id, status, log: kept });
}

function theOne(found: readonly RunJob[]): RunJob {
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  throw new LociError(
    'one-job',
    `--tail prints the log of one job, but there are ${found.length}: name one of ${found.map(({ runDirectory }) => runDirectory).join(', ')}`,
  );
}

/** Works on all jobs of Loci on a head, of any run folder. */
async function jobsOn(address: string, flags: JobsFlags, io: Io, logger: Logger): Promise<void> {
  const { runs: ids, tokenFile, allowOpenDashboard } = flags;
  const head = openHead(
    {
      ...{ address, allowOpenDashboard },
      tokenFile: tokenFile === undefined ? undefined : resolveUserPath(tokenFile, io.userDirectory),
    },
    logger,
  );
  const all = await jobsOfHead(head, logger);
  const unknown = ids.find((id) => !all.some(({ job }) => job.submissionId === id));
  if (unknown !== undefined) {
    throw new LociError(
      'no-jobs',
      `${head.url} has no job ${unknown} of Loci: --address without ids lists those it has`,
    );
  }
  const meant =
    ids.length === 0 ? all : all.filter(({ job }) => ids.includes(job.submissionId ?? ''));
  if (flags.tail === true || flags.stop === true) return changeOn(head, ids, flags, io);
  print(io, meant.length === 0 ? `${head.url} has no job of Loci` : headTable(meant, io));
  io.result?.({ address: head.url, jobs: meant.map(listedJob) });
}

async function changeOn(
  head: RayJobs,
  ids: readonly string[],
  { tail: tails }: JobsFlags,
  io: Io,
): Promise<void> {
  const [first, second] = ids;
  if (first === undefined || (tails === true && second !== undefined)) {
    throw new LociError(
      'one-job',
      `Name the ${tails === true ? 'one job whose log to print' : 'jobs to stop'} by id`,
    );
  }
  const host = { look: (id: string) => head.find(id), log: (id: string) => head.log(id) };
  if (tails === true) return tail(host, first, io);
  const stopped: StoppedJob[] = [];
  for (const id of ids) {
    await head.stop(id);
    const status = await ended(host, id);
    print(io, `${id}: ${status}`);
    stopped.push({ job: id, status });
  }
  io.result?.({ jobs: stopped });
}

/** A job of a head for its table, and for programs. */
function listedJob({ job, purpose, folder }: HeadJob): {
  readonly job: string;
  readonly status: string;
  readonly purpose: string;
  readonly run: string;
  readonly since?: string;
} {
  return {
    ...{ job: job.submissionId ?? '', status: job.status.toLowerCase(), purpose, run: folder },
    ...(job.startedAt !== undefined && { since: new Date(job.startedAt).toISOString() }),
  };
}

function headTable(found: readonly HeadJob[], io: Io): string {
  const rows = found
    .map(listedJob)
    .map(({ job, status, purpose, run, since = '' }) => [job, status, purpose, run, since]);
  return renderTable(['job', 'status', 'for', 'run folder', 'since'], rows, tableWidth(io.out));
}
