/** Sends a job so that it runs once, whatever happens on the way: to the answer, to the head, or to this process. */
import { LociError } from '@loci/core';
import type { JobInfo } from './job-info.ts';
import type { JobRequest, RayJobs } from './ray-jobs.ts';
import type { Patience } from './patience.ts';

/** Key of the metadata that says whose job it is. */
export const OWNER_KEY = 'loci_run';

/**
 * Sends a job, or finds it. Its id was written down before, so that a process that was killed in between finds it again: the head refuses a
 * second job of one id.
 *
 * @returns The job, as the head has it.
 * @throws LociError `ray-id-taken` where the id is another run's; `ray-lost-job` where the head took the job and does not know it.
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
      // The head may have taken it all the same, now or at an earlier try.
      refusal = thrown;
    }
    const job = await jobs.find(request.submissionId);
    if (job !== undefined) return ours(job, request);
    if (refusal !== undefined) throw refusal;
    throw new LociError(
      'ray-lost-job',
      `${jobs.url} took the job ${request.submissionId} and does not know it now: its head may have restarted. Try again`,
    );
  });
}

/** A job of the same id is the same job where it is of the same run. */
function ours(job: JobInfo, { submissionId, metadata }: JobRequest): JobInfo {
  if (job.metadata[OWNER_KEY] === metadata[OWNER_KEY]) return job;
  throw new LociError(
    'ray-id-taken',
    `The head has a job ${submissionId} of another run (${job.metadata[OWNER_KEY] ?? 'without a name'}): this run folder may be a copy. ` +
      'Train in a folder of its own',
  );
}
