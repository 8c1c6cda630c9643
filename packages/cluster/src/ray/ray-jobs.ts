/**
 * The Jobs API of a Ray head: packages, jobs, their logs. Source: ray-project/ray, dashboard/modules/job/{job_head,sdk}.py and
 * _private/runtime_env/packaging.py; tried on Ray 2.58.
 */
import { createHash } from 'node:crypto';
import { LociError } from '@loci/core';
import type { RayAccess } from './address.ts';
import { parseJob, parseJobs, parseLog, parseVersion } from './job-info.ts';
import type { JobInfo, RayVersion } from './job-info.ts';
import { RayHttp } from './ray-http.ts';
import { zip } from './zip.ts';
import type { ArchiveFile } from './zip.ts';

/** A job to run. */
export interface JobRequest {
  /** Chosen by Loci. Ray accepts each id once, so a job that is sent twice runs once. */
  readonly submissionId: string;
  /** Shell command. Ray lists it, the environment and the metadata to everyone, so none may contain a secret. */
  readonly entrypoint: string;
  /** `gcs://…zip`, as `upload` gives it. */
  readonly workingDirectory?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  /** CPUs that the entrypoint itself takes; left out, it runs on the head. */
  readonly cpus?: number;
}

/** Ray's limit was 100 MiB before it became 500. */
const MOST_PACKAGE_BYTES = 100 * 2 ** 20;
const UPLOAD_MS = 300_000;
/** The log of a long job may be large. */
const LOG_MS = 120_000;

/** A client of one head. */
export class RayJobs {
  readonly #http: RayHttp;

  constructor(access: RayAccess) {
    this.#http = new RayHttp(access);
  }

  get url(): string {
    return this.#http.url;
  }

  /** @throws LociError of `RayHttp.send`; `ray-answer` where something else answers. */
  async version(): Promise<RayVersion> {
    const { text } = await this.#http.send({
      method: 'GET',
      path: '/api/version',
      timeoutMs: 10_000,
    });
    return parseVersion(text);
  }

  /**
   * Uploads files to the head, unless it has the same ones.
   *
   * @returns Their address for `workingDirectory`.
   * @throws LociError `package-too-large`, `upload-lost`.
   */
  async upload(files: readonly ArchiveFile[]): Promise<string> {
    const bytes = zip(files);
    if (bytes.length > MOST_PACKAGE_BYTES) {
      throw new LociError(
        'package-too-large',
        `The files of the job have ${Math.ceil(bytes.length / 2 ** 20)} MiB, and a head accepts ${MOST_PACKAGE_BYTES / 2 ** 20}: put rows and videos on storage that all nodes mount`,
      );
    }
    const name = `_ray_pkg_${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}.zip`;
    const path = `/api/packages/gcs/${name}`;
    const isThere = async (): Promise<boolean> =>
      (await this.#http.send({ method: 'GET', path, expected: [404] })).status === 200;
    if (!(await isThere())) {
      await this.#http.send({ method: 'PUT', path, bytes, timeoutMs: UPLOAD_MS });
      if (!(await isThere())) {
        throw new LociError(
          'upload-lost',
          `${this.url} accepted the files of the job, but no longer has them: its head may have restarted. Try again`,
        );
      }
    }
    return `gcs://${name}`;
  }

  /**
   * Sends a job. An error may occur after Ray has accepted it: `submitOnce` handles that.
   *
   * @throws LociError of `RayHttp.send`; `ray-refused` also for an id used before.
   */
  async submit(job: JobRequest): Promise<void> {
    const { submissionId, entrypoint, workingDirectory, environment, metadata, cpus } = job;
    // Ray refuses unknown keys, so keys without a value are left out.
    await this.#http.send({
      method: 'POST',
      path: '/api/jobs/',
      timeoutMs: 60_000,
      json: {
        entrypoint,
        submission_id: submissionId,
        runtime_env: {
          ...(workingDirectory !== undefined && { working_dir: workingDirectory }),
          ...(Object.keys(environment).length > 0 && { env_vars: environment }),
        },
        metadata,
        ...(cpus !== undefined && { entrypoint_num_cpus: cpus }),
      },
    });
  }

  /** @returns Undefined for a job that the head does not know. */
  async find(id: string): Promise<JobInfo | undefined> {
    const { status, text } = await this.#http.send({
      method: 'GET',
      path: jobPath(id),
      expected: [404],
    });
    return status === 404 ? undefined : parseJob(text);
  }

  /** Every job that the head remembers. */
  async list(): Promise<readonly JobInfo[]> {
    return parseJobs((await this.#http.send({ method: 'GET', path: '/api/jobs/' })).text);
  }

  /** The whole log so far; empty before the job has one. */
  async log(id: string): Promise<string> {
    const path = `${jobPath(id)}/logs`;
    const { status, text } = await this.#http.send({
      method: 'GET',
      path,
      expected: [404],
      timeoutMs: LOG_MS,
    });
    return status === 404 ? '' : parseLog(text);
  }

  /** Requests the end of a job; its status shows when it has ended. A job that has ended stays as it is. */
  async stop(id: string): Promise<void> {
    await this.#http.send({ method: 'POST', path: `${jobPath(id)}/stop` });
  }

  /** Deletes an ended job from the head's list. @throws LociError `ray-refused` for one that still runs. */
  async delete(id: string): Promise<void> {
    await this.#http.send({ method: 'DELETE', path: jobPath(id), expected: [404] });
  }
}

function jobPath(id: string): string {
  return `/api/jobs/${encodeURIComponent(id)}`;
}
