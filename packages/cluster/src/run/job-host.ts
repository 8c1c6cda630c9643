/** The contract of a place that runs jobs: a Ray head, or this machine. */
import type { JobStatus } from '../ray/job-info.ts';

/** A job to start. */
export interface HostedJob {
  readonly id: string;
  readonly entrypoint: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly environment: Readonly<Record<string, string>>;
  /** Listed with the job. */
  readonly purpose: 'train' | 'preflight' | 'model';
}

/** State of a job. */
export interface HostedState {
  readonly status: JobStatus;
  /** The host's own message. */
  readonly message: string;
  readonly exitCode?: number;
}

/** Starts jobs, each once, and reports their state. */
export interface JobHost {
  /** `the Ray head at http://head:8265` */
  readonly place: string;
  /** Whether the job's own entrypoint spreads over nodes by Ray. */
  readonly isRay: boolean;
  /** Starts the job, or finds the one that was started before with this id. */
  start(job: HostedJob): Promise<void>;
  /** @returns Undefined for a job that the host does not know. */
  look(id: string): Promise<HostedState | undefined>;
  /** The whole log so far. */
  log(id: string): Promise<string>;
  /** Requests the end of a job; `look` shows when it has ended. */
  stop(id: string): Promise<void>;
}
