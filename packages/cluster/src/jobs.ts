/** `@loci/cluster/jobs`: lists, follows and stops jobs, for programs that do not train. */
export type { Attempt, ClusterRecord } from './run/cluster-record.ts';
export { RECORD_FILE, readRecord } from './run/cluster-record.ts';
export type { HostedState, JobHost } from './run/job-host.ts';
export type * from './run/jobs-of-run.ts';
export { jobOfRun, jobsOfHead, openHead } from './run/jobs-of-run.ts';
export { endServer } from './run/rewards-of-run.ts';
export { isEnded } from './ray/job-info.ts';
export { LogReader } from './ray/log-reader.ts';
export type { RayJobs } from './ray/ray-jobs.ts';
