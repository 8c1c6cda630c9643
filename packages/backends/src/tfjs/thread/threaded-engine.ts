/** Drives an engine in another thread from the main thread. */
import { SHARE_ENV, Worker } from 'node:worker_threads';
import type {
  EncodedMedia,
  EncodedPrompt,
  Loss,
  OptimStepParameters,
  PolicyGroup,
  TokenReadout,
  TrainingGroup,
} from '@loci/core';
import { LociError } from '@loci/core';
import { parseModel } from '../../models/index.ts';
import type { Model } from '../../models/spec/model.ts';
import type { Tuning } from '../../ops/tuning.ts';
import type { GeneratedChunk, Generation } from '../../engine/generation.ts';
import type { Moments } from '../../weights/model-folder.ts';
import { parameterArena } from '../../weights/parameter-arena.ts';
import type { ParameterArena } from '../../weights/parameter-arena.ts';
import type { WeightSet } from '../../engine/policy-engine.ts';
import { ThreadCalls } from '../../threads/thread-calls.ts';
import type { CalledThread } from '../../threads/thread-calls.ts';
import type { TfjsEngineApi } from '../engine-api.ts';
import { errorOf } from './messages.ts';
import type {
  EngineCall,
  EngineReady,
  EngineFacts,
  EngineRequest,
  EngineResponse,
  EngineStart,
} from './messages.ts';

/** Name of the thread in errors. */
const NAME = 'the TensorFlow.js thread';

/** The type of the answer to a call. */
type Answer<Call extends EngineCall> = ReturnType<TfjsEngineApi[Call]>;

/** The thread as this side needs it: a `Worker`, or a port in tests. */
export interface EngineThread extends CalledThread {
  on(event: 'message', listener: (message: EngineReady | EngineResponse) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit' | 'close', listener: () => void): unknown;
  /** Ends the thread. */
  terminate(): unknown;
}

/** An engine in another thread. All methods may throw LociError `engine-failed` or `engine-stopped`. */
export class ThreadedEngine implements TfjsEngineApi {
  readonly model: Model;
  readonly tuning: Tuning | undefined;
  readonly arena: ParameterArena;
  readonly description: string;
  readonly reason: string;
  readonly maxRunBytes: number;
  readonly #thread: EngineThread;
  readonly #calls: ThreadCalls;

  private constructor(thread: EngineThread, start: EngineStart, ready: EngineFacts) {
    this.model = parseModel(start.configJson);
    this.tuning = start.tuning;
    this.arena = parameterArena(this);
    this.maxRunBytes = start.maxRunBytes;
    this.description = ready.description;
    this.reason = ready.reason;
    this.#thread = thread;
    this.#calls = new ThreadCalls(thread, NAME);
    thread.on('message', (message) => this.#settle(message as EngineResponse));
    thread.on('error', (error) => this.#calls.stop(`crashed: ${error.message}`, error));
    thread.on('exit', () => this.#calls.stop('ended'));
    thread.on('close', () => this.#calls.stop('ended'));
  }

  /** Starts a worker with an engine. @throws LociError `engine-unavailable`, `engine-stopped`. */
  static async start(start: EngineStart): Promise<ThreadedEngine> {
    const worker = new Worker(new URL('./engine-worker.js', import.meta.url), {
      workerData: start,
      transferList: [start.trained.buffer as ArrayBuffer],
      // The native library reads its thread count from the process's own environment.
      env: SHARE_ENV,
      name: 'tfjs-engine',
    });
    try {
      return await ThreadedEngine.connect(worker, start);
    } catch (error) {
      await worker.terminate();
      throw error;
    }
  }

  /** Waits for the engine of a thread to start. */
  static async connect(thread: EngineThread, start: EngineStart): Promise<ThreadedEngine> {
    const ready = await new Promise<EngineReady>((resolve, reject) => {
      let first = true;
      thread.on('message', (message) => {
        if (first) resolve(message as EngineReady);
        first = false;
      });
      const ended = (how: string, cause?: unknown) =>
        reject(new LociError('engine-stopped', `${NAME} ${how}`, { cause }));
      thread.on('error', (error) => ended(`crashed: ${error.message}`, error));
      thread.on('exit', () => ended('ended before it was ready'));
    });
    if ('failure' in ready) throw errorOf(ready.failure);
    return new ThreadedEngine(thread, start, ready);
  }

  logProbs(
    groups: readonly PolicyGroup[],
    weights: WeightSet,
    readout?: TokenReadout,
  ): Answer<'logProbs'> {
    return this.#call('logProbs', groups, weights, readout);
  }

  forwardBackward(groups: readonly TrainingGroup[], loss: Loss): Answer<'forwardBackward'> {
    return this.#call('forwardBackward', groups, loss);
  }

  optimStep(parameters: OptimStepParameters): Answer<'optimStep'> {
    return this.#call('optimStep', parameters);
  }

  weights(): Answer<'weights'> {
    return this.#call('weights');
  }

  moments(): Answer<'moments'> {
    return this.#call('moments');
  }

  setWeights(weights: Float32Array, moments?: Moments): Answer<'setWeights'> {
    return this.#call('setWeights', weights, moments);
  }

  clearGradients(): Answer<'clearGradients'> {
    return this.#call('clearGradients');
  }

  gradients(): Answer<'gradients'> {
    return this.#call('gradients');
  }

  features(media: readonly EncodedMedia[]): Answer<'features'> {
    return this.#call('features', media);
  }

  logits(prompt: EncodedPrompt): Answer<'logits'> {
    return this.#call('logits', prompt);
  }

  memory(): Answer<'memory'> {
    return this.#call('memory');
  }

  async *generate(generation: Generation): AsyncGenerator<GeneratedChunk> {
    const stream = await this.#ask('generate', generation);
    try {
      for (;;) {
        const chunk = (await this.#ask('next', stream)) as GeneratedChunk | undefined;
        if (!chunk) return;
        yield chunk;
      }
    } finally {
      if (!this.#calls.isStopped) await this.#ask('leave', stream);
    }
  }

  /** Ends the thread and rejects open requests. */
  async dispose(): Promise<void> {
    this.#calls.stop('was disposed');
    await this.#thread.terminate();
  }

  #call<Call extends EngineCall>(
    call: Call,
    ...given: Parameters<TfjsEngineApi[Call]>
  ): Answer<Call> {
    return this.#ask(call, ...given) as Answer<Call>;
  }

  #ask(call: EngineRequest['call'], ...given: readonly unknown[]): Promise<unknown> {
    const request: Omit<EngineRequest, 'id'> = { call, arguments: given };
    return this.#calls.ask(request);
  }

  #settle({ id, value, failure }: EngineResponse): void {
    this.#calls.settle(id, failure ? { error: errorOf(failure) } : { value });
  }
}
