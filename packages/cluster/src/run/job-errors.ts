/** Why a job did not come to its end, with what to do. */
import { join } from 'node:path';
import { LociError } from '@loci/core';
import type { Attempt } from './cluster-record.ts';
import { pathHere } from './engine.ts';
import type { ClusterEngine, StoragePlaces } from './engine.ts';
import type { HostedState, JobHost } from './job-host.ts';

/** What the messages name. */
export interface FailureSurroundings {
  readonly engine: ClusterEngine;
  readonly host: JobHost;
  readonly storage: StoragePlaces;
  readonly runDirectory: string;
}

/** Lines of the log that the message has: the rest is in the file. */
const SHOWN_LINES = 12;

/** A job that ended with an error. */
export async function jobFailed(
  { message, exitCode }: HostedState,
  attempt: Attempt,
  { engine, host, storage, runDirectory }: FailureSurroundings,
): Promise<LociError> {
  const { number, submissionId, outputs } = attempt;
  const lines = (await host.log(submissionId).catch(() => message)).trimEnd().split('\n');
  const here = pathHere(outputs.checkpoints, storage);
  const checkpoint = here === undefined ? undefined : await engine.reader.latestCheckpoint(here);
  const from =
    checkpoint === undefined
      ? here === undefined
        ? 'goes on from the last checkpoint, if there is one'
        : 'begins anew, since there is no checkpoint yet'
      : `goes on from the checkpoint of step ${checkpoint.step}`;
  const how = exitCode === undefined ? firstLine(message) : `exit code ${exitCode}`;
  return new LociError(
    'job-failed',
    `The job ${submissionId} on ${host.place} failed (${how}). The end of its log:\n` +
      `${lines
        .slice(-SHOWN_LINES)
        .map((line) => `  ${line}`)
        .join('\n')}\n` +
      `All of it is in ${join(runDirectory, `job-${number}.log`)}. When the cause is removed, --resume ${runDirectory} ${from}`,
    { details: { submissionId, exitCode } },
  );
}

/** A job that its head forgot. */
export function jobLost(
  { submissionId }: Attempt,
  { host, runDirectory }: FailureSurroundings,
): LociError {
  return new LociError(
    'job-lost',
    `${host.place} does not know the job ${submissionId} any more: its head was lost and started anew, and jobs end with their head. ` +
      `--resume ${runDirectory} goes on from the last checkpoint, with a new job`,
    { details: { submissionId } },
  );
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
