/** Errors of jobs that failed or were lost, with the remedy. */
import { join } from 'node:path';
import { LociError } from '@loci/core';
import type { Attempt } from './cluster-record.ts';
import { pathHere } from './engine.ts';
import type { ClusterEngine, StoragePlaces } from './engine.ts';
import type { HostedState, JobHost } from './job-host.ts';
import { endOfLog, firstLine } from './log-text.ts';

/** The parts of a run that the messages name. */
export interface FailureSurroundings {
  readonly engine: ClusterEngine;
  readonly host: JobHost;
  readonly storage: StoragePlaces;
  readonly runDirectory: string;
}

/** The error of a job that failed. */
export async function jobFailed(
  { message, exitCode }: HostedState,
  attempt: Attempt,
  { engine, host, storage, runDirectory }: FailureSurroundings,
): Promise<LociError> {
  const { number, submissionId, outputs } = attempt;
  const log = await host.log(submissionId).catch(() => message);
  const here = pathHere(outputs.checkpoints, storage);
  const checkpoint = here === undefined ? undefined : await engine.reader.latestCheckpoint(here);
  const from =
    checkpoint === undefined
      ? here === undefined
        ? 'continues from the last checkpoint, if there is one'
        : 'starts from the beginning, since there is no checkpoint yet'
      : `continues from the checkpoint of step ${checkpoint.step}`;
  const how = exitCode === undefined ? firstLine(message) : `exit code ${exitCode}`;
  return new LociError(
    'job-failed',
    `The job ${submissionId} on ${host.place} failed (${how}). The end of its log:\n` +
      `${endOfLog(log)}\n` +
      `The whole log is ${join(runDirectory, `job-${number}.log`)}. Remove the cause; then --resume ${runDirectory} ${from}`,
    { details: { submissionId, exitCode } },
  );
}

/** The error of a job that its head no longer knows. */
export function jobLost(
  { submissionId }: Attempt,
  { host, runDirectory }: FailureSurroundings,
): LociError {
  return new LociError(
    'job-lost',
    `${host.place} no longer knows the job ${submissionId}: its head has restarted, and jobs end with their head. ` +
      `--resume ${runDirectory} continues from the last checkpoint, with a new job`,
    { details: { submissionId } },
  );
}
