/**
 * The main thread's side of the session worker. Runs of ONNX Runtime block the thread they are on, so all sessions live in
 * one worker, together with the tensors that stay from run to run.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { LociError } from '@loci/core';
import type {
  Feed,
  Fetch,
  Request,
  Response,
  ReturnedTensor,
  StoredInitializer,
  TensorData,
  WorkerSettings,
} from './session-messages.ts';

/** A session in the worker. */
export interface SessionHandle {
  readonly id: number;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Starts, feeds and ends a session worker. All methods may throw LociError `engine-failed` or `engine-stopped`. */
export class SessionHost {
  readonly threads: number;
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #requests = 0;
  #sessions = 0;
  #stopped: LociError | undefined;

  /**
   * @param settings threads within an operation (all cores when left out) and execution providers (`cpu` when left out).
   */
  constructor(settings: Partial<WorkerSettings> = {}) {
    this.threads = settings.threads ?? availableParallelism();
    const workerData: WorkerSettings = {
      threads: this.threads,
      providers: settings.providers ?? ['cpu'],
    };
    this.#worker = new Worker(new URL('./session-worker.mjs', import.meta.url), { workerData });
    this.#worker.unref();
    this.#worker.on('message', (response: Response) => this.#settle(response));
    this.#worker.on('error', (error) => this.#stop(`crashed: ${error.message}`, error));
    this.#worker.on('exit', (code) => this.#stop(`ended with code ${code}`));
  }

  /**
   * Compiles a model.
   *
   * @param initializers stored stretches that the model holds as constants, which ONNX Runtime can lay out for speed; they are
   * copied, so later changes of the store are not seen.
   * @param keepMemory keep what a run takes for the next one: quicker for small runs, and for large ones as much memory again
   * for every session.
   */
  async createSession(
    model: Uint8Array,
    initializers: readonly StoredInitializer[] = [],
    keepMemory = true,
  ): Promise<SessionHandle> {
    const id = this.#sessions++;
    await this.#ask({ kind: 'create', session: id, model, initializers, keepMemory });
    return { id };
  }

  async releaseSession(session: SessionHandle): Promise<void> {
    await this.#ask({ kind: 'release', session: session.id });
  }

  /** Runs a session; gives back the outputs whose fetch is `return`. */
  async run(
    session: SessionHandle,
    feeds: Readonly<Record<string, Feed>>,
    fetches: Readonly<Record<string, Fetch>>,
  ): Promise<Readonly<Record<string, ReturnedTensor>>> {
    const answer = await this.#ask({ kind: 'run', session: session.id, feeds, fetches });
    return answer as Record<string, ReturnedTensor>;
  }

  /** Stores a tensor under a name; the data is copied to the worker. */
  async put(name: string, data: TensorData): Promise<void> {
    await this.#ask({ kind: 'put', name, data });
  }

  /** Stores a tensor without a copy: the data moves to the worker, and the array given is empty afterwards. */
  async give(name: string, data: TensorData): Promise<void> {
    await this.#ask({ kind: 'put', name, data }, [data.buffer as ArrayBuffer]);
  }

  /** Stores zeros, which take no memory until something is written to them. */
  async zeros(name: string, length: number): Promise<void> {
    await this.#ask({ kind: 'zeros', name, length });
  }

  /** A stored tensor, or `length` elements of it from `offset` on. */
  async get(name: string, offset?: number, length?: number): Promise<TensorData> {
    const range = {
      ...(offset === undefined ? {} : { offset }),
      ...(length === undefined ? {} : { length }),
    };
    return (await this.#ask({ kind: 'get', name, ...range })) as TensorData;
  }

  /** Gives a stored tensor a second name. Runs that store under one of them leave the other as it is; `fill` changes both. */
  async share(from: string, to: string): Promise<void> {
    await this.#ask({ kind: 'share', from, to });
  }

  async copy(from: string, to: string): Promise<void> {
    await this.#ask({ kind: 'copy', from, to });
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#ask({ kind: 'rename', from, to });
  }

  /** Sets every element of a stored tensor. */
  async fill(name: string, value: number): Promise<void> {
    await this.#ask({ kind: 'fill', name, value });
  }

  async delete(name: string): Promise<void> {
    await this.#ask({ kind: 'delete', name });
  }

  /** Ends the worker; whatever still waits is rejected. */
  async dispose(): Promise<void> {
    this.#stop('was disposed');
    await this.#worker.terminate();
  }

  #ask(request: Request, moved: readonly ArrayBuffer[] = []): Promise<unknown> {
    if (this.#stopped) return Promise.reject(this.#stopped);
    const id = this.#requests++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage({ id, request }, moved);
    });
  }

  #settle(response: Response): void {
    const pending = this.#pending.get(response.id);
    this.#pending.delete(response.id);
    if (this.#pending.size === 0) this.#worker.unref();
    if (response.error === undefined) pending?.resolve(response.value);
    else {
      pending?.reject(new LociError('engine-failed', `ONNX Runtime failed: ${response.error}`));
    }
  }

  #stop(how: string, cause?: unknown): void {
    this.#stopped ??= new LociError('engine-stopped', `the ONNX session worker ${how}`, { cause });
    for (const { reject } of this.#pending.values()) reject(this.#stopped);
    this.#pending.clear();
  }
}
