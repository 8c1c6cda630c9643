/** Sends a job so that it runs once, even when the answer is lost, the head restarts, or this process is killed. */
import { LociError } from '@loci/core';
import type { JobInfo } from './job-info.ts';
import type { JobRequest, RayJobs } from './ray-jobs.ts';
import type { Patience } from './patience.ts';

/** Key of a job's metadata for the id of its run. */
export const OWNER_KEY = 'loci_run';

/**
 * Sends a job, or finds it. The caller has recorded its id before, so that a process that was killed in between finds the job again. The
 * head refuses a second job with the same id.
 *
 * @returns The job, as the head has it.
 * @throws LociError `ray-id-taken` where the id belongs to another run; `ray-lost-job` where the head accepted the job and lost it.
 */
export async function submitOnce(
  jobs: RayJobs,
  request: JobRequest,
  patience: Patience,
): Promise<JobInfo> {
  const found = await patience.until(() => jobs.find(request.submissionId));
  if (found !== undefined) return ours(found, request);
  return patience.until(async () => {
    let refusal: unknown;
    try {
      await jobs.submit(request);
    } catch (thrown) {
      // The head may have accepted the job nevertheless, now or at an earlier attempt.
      refusal = thrown;
    }
    const job = await jobs.find(request.submissionId);
    if (job !== undefined) return ours(job, request);
    if (refusal !== undefined) throw refusal;
    throw new LociError(
      'ray-lost-job',
      `${jobs.url} accepted the job ${request.submissionId}, but no longer knows it: its head may have restarted. Try again`,
    );
  });
}

/** The job, where it belongs to the same run. */
function ours(job: JobInfo, { submissionId, metadata }: JobRequest): JobInfo {
  if (job.metadata[OWNER_KEY] === metadata[OWNER_KEY]) return job;
  throw new LociError(
    'ray-id-taken',
    `The head has a job ${submissionId} of another run (${job.metadata[OWNER_KEY] ?? 'without a name'}): this run folder may be a copy. ` +
      'Train in a new folder',
  );
}
