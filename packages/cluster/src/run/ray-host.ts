/** Runs jobs on a Ray head. */
import type { Logger } from '@loci/core';
import { Patience } from '../ray/patience.ts';
import type { RayJobs } from '../ray/ray-jobs.ts';
import { OWNER_KEY, submitOnce } from '../ray/submit-once.ts';
import type { HostedJob, HostedState, JobHost } from './job-host.ts';

/** Settings of a `RayHost`. */
export interface RayHostOptions {
  readonly jobs: RayJobs;
  /** The run's own id, see `ClusterRecord`. */
  readonly owner: string;
  /** Name of the run folder, for lists. */
  readonly folder: string;
  /** How long the head may be unreachable. */
  readonly patienceMs: number;
  readonly logger: Logger;
}

/** Key of a job's metadata for its purpose. */
export const PURPOSE_KEY = 'loci_purpose';
/** Key of a job's metadata for the run folder. */
export const FOLDER_KEY = 'loci_folder';

/** Sends requests to one head, and retries them. */
export class RayHost implements JobHost {
  readonly isRay = true;
  readonly #options: RayHostOptions;
  readonly #patience: Patience;

  constructor(options: RayHostOptions) {
    this.#options = options;
    this.#patience = new Patience({ forMs: options.patienceMs, logger: options.logger });
  }

  get place(): string {
    return `Ray at ${this.#options.jobs.url}`;
  }

  async start({ id, entrypoint, files, environment, purpose }: HostedJob): Promise<void> {
    const { jobs, owner, folder } = this.#options;
    const archive = [...files].map(([path, content]) => ({ path, content }));
    const workingDirectory = await this.#patience.until(() => jobs.upload(archive));
    const metadata = { [OWNER_KEY]: owner, [PURPOSE_KEY]: purpose, [FOLDER_KEY]: folder };
    const request = { submissionId: id, entrypoint, workingDirectory, environment, metadata };
    await submitOnce(jobs, request, this.#patience);
  }

  async look(id: string): Promise<HostedState | undefined> {
    const found = await this.#patience.until(() => this.#options.jobs.find(id));
    if (found === undefined) return undefined;
    const { status, message, exitCode } = found;
    return { status, message, ...(exitCode !== undefined && { exitCode }) };
  }

  log(id: string): Promise<string> {
    return this.#patience.until(() => this.#options.jobs.log(id));
  }

  stop(id: string): Promise<void> {
    return this.#patience.until(() => this.#options.jobs.stop(id));
  }
}
