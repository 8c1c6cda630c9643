/**
 * A fake Ray head: serves the Jobs API of Ray 2.58 over HTTP, runs the jobs, and has faults that a test can switch on. It needs no Python.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FakeJob } from './fake-jobs.ts';

/** Faults and access of a head; each may be changed while it runs. */
export interface FakeRayFaults {
  /** Every request must carry it: 401 without, 403 with another. */
  token?: string | undefined;
  /** Number of requests to answer with 503, as a slowly starting head does. */
  startsAfter: number;
  /** Number of jobs to accept and then close the connection without an answer. */
  losesAnswers: number;
  /** Number of jobs to refuse, as a head does whose agents have not started yet. */
  lacksAgent: number;
  /** How long jobs stay pending. */
  pendingMs: number;
  /** Drops packages as soon as it has them. */
  losesPackages: boolean;
  /**
   * Called with each request, counted from 1: `before` ignores the request, `after` executes it and does not answer. To the head, the client
   * then looks as if it had been killed.
   */
  silences?: ((request: number, what: string) => 'before' | 'after' | undefined) | undefined;
}

/** Settings of a head. */
export interface FakeRayOptions extends Partial<FakeRayFaults> {
  readonly port?: number;
  /** Gives the command that runs in place of an entrypoint; by default the entrypoint itself. */
  readonly command?: (entrypoint: string) => string;
  readonly version?: string;
}

const KNOWN_KEYS: ReadonlySet<string> = new Set([
  ...['entrypoint', 'submission_id', 'runtime_env', 'metadata', 'job_id', 'entrypoint_num_cpus'],
  ...[
    'entrypoint_num_gpus',
    'entrypoint_memory',
    'entrypoint_resources',
    'entrypoint_label_selector',
  ],
]);

/** A head that listens on a free port of this machine. */
export class FakeRay {
  readonly faults: FakeRayFaults;
  /** Every entrypoint that was started, in order, over all restarts of the head. */
  readonly started: string[] = [];
  /** Every request: `POST /api/jobs/`. */
  readonly requests: string[] = [];
  readonly #options: FakeRayOptions;
  #jobs = new Map<string, FakeJob>();
  #packages = new Map<string, Buffer>();
  #server: Server | undefined;
  #port = 0;
  #session = 0;

  constructor(options: FakeRayOptions = {}) {
    this.#options = options;
    const { token, startsAfter = 0, losesAnswers = 0, lacksAgent = 0, pendingMs = 0 } = options;
    const { losesPackages = false, silences } = options;
    this.faults = {
      ...{ token, startsAfter, losesAnswers, lacksAgent, pendingMs, losesPackages, silences },
    };
    this.#port = options.port ?? 0;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get jobs(): readonly FakeJob[] {
    return [...this.#jobs.values()];
  }

  /** The uploaded archives, by name. */
  get packages(): ReadonlyMap<string, Buffer> {
    return this.#packages;
  }

  async start(): Promise<this> {
    this.#session++;
    const server = createServer((request, response) => {
      this.#answer(request, response).catch((thrown: unknown) =>
        reply(response, 500, thrown instanceof Error ? (thrown.stack ?? thrown.message) : 'failed'),
      );
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    return this;
  }

  /** Stops answering, as when the network fails; jobs continue. */
  async cut(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  /** Kills the head: its jobs end, and its state is lost. `start` brings up a new one at the same address. */
  async lose(): Promise<void> {
    await this.cut();
    const jobs = this.jobs;
    this.#jobs = new Map();
    this.#packages = new Map();
    for (const job of jobs) await job.dispose();
  }

  async dispose(): Promise<void> {
    await this.lose();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const { faults } = this;
    this.requests.push(`${method} ${url}`);
    const body = await readBody(request);
    const silence = faults.silences?.(this.requests.length, `${method} ${url}`);
    if (silence === 'before') return;
    // The answer is lost.
    if (silence === 'after') response.end = () => response;
    if (faults.startsAfter > 0) {
      faults.startsAfter--;
      return reply(response, 503, 'Service Unavailable');
    }
    if (faults.token !== undefined) {
      const { authorization } = request.headers;
      if (authorization === undefined) return reply(response, 401, 'Unauthorized: Missing token');
      if (authorization !== `Bearer ${faults.token}`) {
        return reply(response, 403, `Forbidden: Invalid token ${authorization}`);
      }
    }
    // Ray refuses requests of browsers, and recognizes them by this header.
    if (method !== 'GET' && 'sec-fetch-mode' in request.headers) {
      return reply(response, 405, `'${method}' method not allowed for browser traffic.`);
    }
    if (url === '/api/version') {
      return json(response, {
        version: '4',
        ray_version: this.#options.version ?? '2.58.0',
        ray_commit: 'fake',
        session_name: `session_${this.#session}`,
      });
    }
    const [, name] = /^\/api\/packages\/gcs\/([^/]+)$/u.exec(url) ?? [];
    if (name !== undefined) return this.#package(method, name, body, response);
    if (url === '/api/jobs/') {
      if (method === 'POST') return this.#submit(body, request, response);
      return json(
        response,
        this.jobs.map((job) => job.describe()),
      );
    }
    const [, id, verb] = /^\/api\/jobs\/([^/]+)(?:\/(logs|stop))?$/u.exec(url) ?? [];
    if (id === undefined) return reply(response, 404, '404: Not Found');
    const job = this.#jobs.get(decodeURIComponent(id));
    if (job === undefined) return reply(response, 404, `Job ${id} does not exist`);
    if (verb === 'logs') return json(response, { logs: job.log });
    if (verb === 'stop') return json(response, { stopped: job.stop() });
    if (method !== 'DELETE') return json(response, job.describe());
    if (job.endTime === null) {
      const what = `Attempted to delete job '${id}', but it is in a non-terminal state ${job.status}.`;
      return reply(response, 500, `Traceback (most recent call last):\nRuntimeError: ${what}\n`);
    }
    this.#jobs.delete(job.submission.id);
    await job.dispose();
    return json(response, { deleted: true });
  }

  #package(method: string, name: string, body: Buffer, response: ServerResponse): void {
    if (method === 'PUT' && !this.faults.losesPackages) this.#packages.set(name, body);
    if (method === 'PUT' || this.#packages.has(name)) return reply(response, 200, '');
    reply(response, 404, `Package does not exist: gcs://${name}`);
  }

  #submit(body: Buffer, request: IncomingMessage, response: ServerResponse): void {
    const asked = JSON.parse(body.toString('utf8')) as Submitted;
    const unknown = Object.keys(asked).find((key) => !KNOWN_KEYS.has(key));
    if (unknown !== undefined || typeof asked.entrypoint !== 'string') {
      return reply(
        response,
        400,
        `TypeError: got an unexpected keyword argument '${unknown ?? 'entrypoint'}'`,
      );
    }
    if (this.faults.lacksAgent > 0) {
      this.faults.lacksAgent--;
      return reply(response, 500, 'No available agent to submit job, please try again later.');
    }
    const id = asked.submission_id ?? `raysubmit_${this.#jobs.size}`;
    if (this.#jobs.has(id)) {
      const what = `Job with submission_id ${id} already exists. Please use a different submission_id.`;
      return reply(response, 500, `Traceback (most recent call last):\nValueError: ${what}\n`);
    }
    const { working_dir: address, env_vars: environment = {} } = asked.runtime_env ?? {};
    const archive = this.#packages.get(address?.replace('gcs://', '') ?? '');
    const { entrypoint, metadata = null } = { ...asked, entrypoint: asked.entrypoint };
    const job = new FakeJob({ id, entrypoint, metadata, environment, archive });
    this.#jobs.set(id, job);
    if (address !== undefined && archive === undefined) {
      job.fail(`Failed to download runtime_env file package ${address}`);
    } else {
      setTimeout(() => this.#run(job), this.faults.pendingMs);
    }
    if (this.faults.losesAnswers > 0) {
      this.faults.losesAnswers--;
      request.socket.destroy();
      return;
    }
    json(response, { job_id: id, submission_id: id });
  }

  #run(job: FakeJob): void {
    if (this.#jobs.get(job.submission.id) !== job) return;
    const { entrypoint } = job.submission;
    this.started.push(entrypoint);
    job.start(this.#options.command?.(entrypoint) ?? entrypoint);
  }
}

interface Submitted {
  readonly entrypoint?: unknown;
  readonly submission_id?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly runtime_env?: {
    readonly working_dir?: string;
    readonly env_vars?: Readonly<Record<string, string>>;
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function reply(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(text);
}
