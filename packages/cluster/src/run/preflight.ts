import type { ClusterJob } from '../job.ts';
import type { Wishes } from './wish.ts';

/** Looks whether a cluster can run a job, before the job is sent. */
export interface Preflight {
  /** @throws LociError `preflight-failed` with what to do for each failure. */
  check(job: ClusterJob, wishes: Wishes): Promise<void>;
}
