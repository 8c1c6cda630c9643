/** The jobs of a fake Ray head. Each entrypoint runs in a shell of its own, in the folder of its unpacked package. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { JobStatus } from '../ray/job-info.ts';
import { unzip } from './unzip.ts';

/** A submitted job. */
export interface FakeSubmission {
  readonly id: string;
  readonly entrypoint: string;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly environment: Readonly<Record<string, string>>;
  /** Archive of the working folder. */
  readonly archive: Buffer | undefined;
}

/** One job of the head. */
export class FakeJob {
  readonly submission: FakeSubmission;
  readonly startTime = Date.now();
  status: JobStatus = 'PENDING';
  message = 'Job has not started yet.';
  exitCode: number | null = null;
  endTime: number | null = null;
  log = '';
  readonly folder = mkdtempSync(join(tmpdir(), 'loci-fake-ray-'));
  #child: ChildProcess | undefined;
  #isStopped = false;

  constructor(submission: FakeSubmission) {
    this.submission = submission;
  }

  /** @param command runs in place of the entrypoint. */
  start(command: string): void {
    const { archive, environment, entrypoint, id } = this.submission;
    for (const [path, content] of archive === undefined ? [] : unzip(archive)) {
      const target = join(this.folder, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
    }
    if (this.endTime !== null) return;
    this.status = 'RUNNING';
    this.message = 'Job is currently running.';
    this.log += `Running entrypoint for job ${id}: ${entrypoint}\n`;
    const child = spawn('/bin/bash', ['-c', command], {
      cwd: this.folder,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    }
    child.on('close', (code, signal) => this.#ended(code, signal));
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): void {
    this.endTime = Date.now();
    this.exitCode = code;
    if (this.#isStopped) {
      this.status = 'STOPPED';
      this.message = 'Job was intentionally stopped.';
    } else if (code === 0) {
      this.status = 'SUCCEEDED';
      this.message = 'Job finished successfully.';
    } else {
      this.status = 'FAILED';
      this.message =
        signal === null
          ? `Job entrypoint command failed with exit code ${code}, last available logs (truncated to 20,000 chars):\n${this.log.slice(-20_000)}`
          : `Job supervisor actor died: the process was ended by ${signal}`;
    }
  }

  /** Fails it before it runs. */
  fail(message: string): void {
    Object.assign(this, { status: 'FAILED', message, endTime: Date.now() });
  }

  /** Stops it, as a user does. @returns Whether it still ran. */
  stop(): boolean {
    if (this.endTime !== null) return false;
    this.#isStopped = true;
    if (this.#child === undefined) this.#ended(null, null);
    this.kill('SIGTERM');
    return true;
  }

  /** Sends a signal to its processes, as the machine does. */
  kill(signal: NodeJS.Signals): void {
    const { pid } = this.#child ?? {};
    if (pid === undefined || this.endTime !== null) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // It ended meanwhile.
    }
  }

  /** Waits for its end, and removes its folder. */
  async dispose(): Promise<void> {
    const child = this.#child;
    if (child !== undefined && this.endTime === null) {
      const ended = new Promise((resolve) => child.once('close', resolve));
      this.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** As `GET /api/jobs/{id}` shows it. */
  describe(): Readonly<Record<string, unknown>> {
    const { id, entrypoint, metadata, environment } = this.submission;
    return {
      type: 'SUBMISSION',
      job_id: null,
      submission_id: id,
      driver_info: null,
      status: this.status,
      entrypoint,
      message: this.message,
      error_type: this.status === 'FAILED' ? 'JOB_ENTRYPOINT_COMMAND_ERROR' : null,
      start_time: this.startTime,
      end_time: this.endTime,
      metadata,
      runtime_env: Object.keys(environment).length > 0 ? { env_vars: environment } : null,
      driver_agent_http_address: null,
      driver_node_id: null,
      driver_exit_code: this.exitCode,
    };
  }
}
