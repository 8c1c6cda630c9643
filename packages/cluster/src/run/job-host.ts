/** Where a job runs: on a Ray head, or in a process of this machine. */
import type { JobStatus } from '../ray/job-info.ts';

/** A job to be started. */
export interface HostedJob {
  readonly id: string;
  readonly entrypoint: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly environment: Readonly<Record<string, string>>;
  /** What it is for: it is listed with the job. */
  readonly purpose: 'train' | 'preflight' | 'model';
}

/** Where a job stands. */
export interface HostedState {
  readonly status: JobStatus;
  /** In the host's words. */
  readonly message: string;
  readonly exitCode?: number;
}

/** Starts jobs, each once, and says how they are. */
export interface JobHost {
  /** `the Ray head at http://head:8265` */
  readonly place: string;
  /** Whether the job's own entrypoint spreads over nodes by Ray. */
  readonly isRay: boolean;
  /** Starts the job, or finds the one that was started before under this id. */
  start(job: HostedJob): Promise<void>;
  /** @returns Undefined of a job that the host does not know. */
  look(id: string): Promise<HostedState | undefined>;
  /** The whole log so far. */
  log(id: string): Promise<string>;
  /** Asks for its end; `look` says when it has come. */
  stop(id: string): Promise<void>;
}
