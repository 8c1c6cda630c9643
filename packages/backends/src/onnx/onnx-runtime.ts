/**
 * Drives the session worker from the main thread. Runs of ONNX Runtime block their thread, so all sessions live in one worker, together
 * with the tensors that persist between runs.
 */
import { availableParallelism } from 'node:os';
import { Worker, isMainThread } from 'node:worker_threads';
import { LociError } from '@loci/core';
import { GraphBuilder } from '../graph/ir/builder.ts';
import { serialize } from '../graph/ir/serialize.ts';
import type {
  GraphRuntime,
  InPlaceArithmetic,
  SessionHandle,
  SessionParts,
  SharedWays,
} from '../graph/engine/graph-runtime.ts';
import { CPU_PROVIDER } from './start/provider.ts';
import type { OnnxProviderName, StartedProvider } from './start/provider.ts';
import { REPORTS_OFF } from './start/usage-reports.mjs';
import { ThreadCalls } from '../threads/thread-calls.ts';
import { updateKernels } from './store/update-kernels.ts';
import { transferModels } from './store/transfer-models.ts';
import type {
  Feed,
  Fetch,
  NoteSettings,
  ReturnedTensor,
  RuntimeReply,
  RuntimeRequest,
  TensorData,
  WorkerMemory,
  WorkerSettings,
  WorkNote,
} from '../graph/engine/runtime-messages.ts';

/** The start settings of a session worker. */
export interface OnnxRuntimeSettings {
  readonly threads?: number;
  /** Threads spin while they wait for work, at the cost of other programs on the cores. Default: false. */
  readonly spin?: boolean;
  /** The provider of sessions. Default: the CPU. */
  readonly provider?: StartedProvider;
  /** If given, the worker records notes of its work, for measurements. */
  readonly notes?: NoteSettings;
}

/** The providers for ONNX Runtime: nodes that TensorRT does not support run on CUDA, and those that CUDA does not support on the CPU. */
function executionProviders(name: OnnxProviderName): readonly string[] {
  return name === 'tensorrt' ? ['tensorrt', 'cuda'] : [name];
}

/** Starts, feeds and ends a session worker. All methods may throw LociError `engine-failed` or `engine-stopped`. */
export class OnnxRuntime implements GraphRuntime {
  readonly prefersConstants = true;
  readonly resizesRows = true;
  readonly threads: number;
  readonly provider: StartedProvider;
  readonly onDevice: boolean;
  readonly #worker: Worker;
  readonly #calls: ThreadCalls;
  readonly #serialized = new WeakMap<GraphBuilder, Uint8Array>();
  #sessions = 0;

  /**
   * @param settings threads within an operation (by default all cores), how they wait, and the provider, already started.
   */
  constructor({
    threads = availableParallelism(),
    spin = false,
    provider = CPU_PROVIDER,
    notes,
  }: OnnxRuntimeSettings = {}) {
    this.threads = threads;
    this.provider = provider;
    this.onDevice = provider.name === 'webgpu';
    const workerData: WorkerSettings = {
      updates: updateKernels(),
      threads,
      spin,
      areReportsOff: isMainThread,
      providers: executionProviders(provider.name),
      ...(this.onDevice ? { transfers: transferModels() } : {}),
      ...(notes && { notes }),
    };
    // The environment of the process: a thread other than the main one has a copy.
    process.env[REPORTS_OFF] = '1';
    this.#worker = new Worker(new URL('./session-thread.mjs', import.meta.url), { workerData });
    this.#calls = new ThreadCalls(this.#worker, 'the ONNX session worker');
    this.#worker.on('message', (reply: RuntimeReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#calls.stop(`crashed: ${error.message}`, error));
    this.#worker.on('exit', (code) => this.#calls.stop(`ended with code ${code}`));
  }

  /** Compiles a model. */
  async createSession(
    model: GraphBuilder | Uint8Array,
    {
      constants: initializers = [],
      kept = [],
      keepMemory = true,
      optimize = true,
      threads,
    }: SessionParts = {},
  ): Promise<SessionHandle> {
    const id = this.#sessions++;
    const bytes = model instanceof GraphBuilder ? this.#bytesOf(model) : model;
    await this.#ask({
      kind: 'create',
      session: id,
      model: bytes,
      initializers,
      kept,
      keepMemory,
      optimize,
      threads,
    });
    return { id };
  }

  async releaseSession(session: SessionHandle): Promise<void> {
    await this.#ask({ kind: 'release', session: session.id });
  }

  /** Runs a session; returns the outputs whose fetch is `return`. */
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

  /** Stores a tensor without a copy: the data moves to the worker, and the given array is empty afterwards. */
  async give(name: string, data: TensorData): Promise<void> {
    await this.#ask({ kind: 'put', name, data }, [data.buffer as ArrayBuffer]);
  }

  /** Stores zeros, which take no memory until something is written to them. */
  async zeros(name: string, length: number): Promise<void> {
    await this.#ask({ kind: 'zeros', name, length });
  }

  /** A copy of a stored tensor. */
  async get(name: string): Promise<TensorData> {
    return (await this.#ask({ kind: 'get', name })) as TensorData;
  }

  /** Gives a stored tensor a second name. Runs that store under one name leave the other unchanged; `fill` changes both. */
  async share(from: string, to: string): Promise<void> {
    await this.#ask({ kind: 'share', from, to });
  }

  /** Sets every element of a stored tensor. */
  async fill(name: string, value: number): Promise<void> {
    await this.#ask({ kind: 'fill', name, value });
  }

  /** Runs in WebAssembly beside the sessions; a device uses graphs instead. */
  get inPlace(): InPlaceArithmetic | undefined {
    if (this.onDevice) return undefined;
    return {
      squares: async (name) => (await this.#ask({ kind: 'squares', name })) as number,
      adamw: async (request) => {
        await this.#ask({ kind: 'adamw', ...request });
      },
    };
  }

  /** To and from another runtime, without arrays that are made anew each time and wait for a collection. */
  get shared(): SharedWays | undefined {
    if (this.onDevice) return undefined;
    const write = (kind: 'put' | 'add') => async (name: string, data: Float32Array) => {
      await this.#ask({ kind, name, data });
    };
    return {
      read: async (name, into) => {
        await this.#ask({ kind: 'get', name, into });
      },
      write: write('put'),
      add: write('add'),
    };
  }

  async delete(name: string): Promise<void> {
    await this.#ask({ kind: 'delete', name });
  }

  /** The worker's notes since the last call, if it records notes. Ends the profiles of its sessions. */
  async takeNotes(): Promise<readonly WorkNote[]> {
    return (await this.#ask({ kind: 'notes' })) as readonly WorkNote[];
  }

  /** The contents of the worker's memory. */
  async memory(): Promise<WorkerMemory> {
    return (await this.#ask({ kind: 'memory' })) as WorkerMemory;
  }

  get description(): string {
    const { name, device } = this.provider;
    const threads = `${this.threads} thread${this.threads === 1 ? '' : 's'}`;
    return `ONNX Runtime on ${name === 'cpu' ? `CPU, ${threads}` : `${name}: ${device}`}`;
  }

  get reason(): string {
    return this.provider.why;
  }

  /** Ends the worker and rejects open requests. */
  async dispose(): Promise<void> {
    this.#calls.stop('was disposed');
    await this.#worker.terminate();
  }

  /** The bytes of a graph, which stay the same when it is compiled again with other weights as constants. */
  #bytesOf(graph: GraphBuilder): Uint8Array {
    const existing = this.#serialized.get(graph);
    if (existing) return existing;
    const bytes = serialize(graph);
    this.#serialized.set(graph, bytes);
    return bytes;
  }

  #ask(request: RuntimeRequest, moved?: readonly ArrayBuffer[]): Promise<unknown> {
    return this.#calls.ask({ request }, moved);
  }

  #settle({ id, value, error }: RuntimeReply): void {
    const failure = () => new LociError('engine-failed', `ONNX Runtime failed: ${error}`);
    this.#calls.settle(id, error === undefined ? { value } : { error: failure() });
  }
}
