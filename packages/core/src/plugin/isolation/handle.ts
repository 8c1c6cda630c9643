/** The main thread's handle on one thread of a reward: starts it, exchanges messages, and reports its end. */
import { Worker } from 'node:worker_threads';
import { LociError } from '../../errors/loci-error.ts';
import type { Logger } from '../../spec/index.ts';
import { watchStuckThread } from './thread-memory.ts';
import type {
  CallReport,
  FromThread,
  IsolatedPlugin,
  RewardTraits,
  StartStage,
  ToThread,
} from './messages.ts';

/** The limits of a thread. */
export interface ThreadLimits {
  /** Mebibytes of memory, buffers outside of the heap included. A reward that leaks ends its thread at this limit, not the process. */
  readonly memoryMb: number;
  /** Milliseconds to load the plugin, and again to create the reward. */
  readonly startMs: number;
  /** Number of thread ends in a row, without an answer between them, after which the reward is given up. */
  readonly endsInARow: number;
  /** Milliseconds to confirm the abort of a call, before the thread is ended. */
  readonly graceMs: number;
}

/** Default limits. They allow a reward to read a model or a table, and still end a hang. */
export const THREAD_LIMITS: ThreadLimits = {
  memoryMb: 2048,
  startMs: 60_000,
  endsInARow: 5,
  graceMs: 1000,
};

/** Listens to a thread's reports of its calls, and to its unexpected end. */
export interface ThreadListener {
  onReport(report: CallReport): void;
  /** @param reason Continues a sentence: `it called process.exit(1)`. */
  onEnd(reason: string): void;
}

/** A thread could not load or create its reward; `stage` is the step that failed. */
export class ThreadStartError extends LociError {
  readonly stage: StartStage;

  constructor(stage: StartStage, code: string, message: string) {
    super(code, message);
    this.stage = stage;
  }
}

interface Waiting {
  resolve(message: FromThread): void;
  reject(error: LociError): void;
  readonly timer: NodeJS.Timeout;
}

/** One running thread. */
export class RewardThread {
  readonly #worker: Worker;
  readonly #limits: ThreadLimits;
  readonly #logger: Logger;
  #waiting: Waiting | undefined;
  #listener: ThreadListener | undefined;
  #failure: string | undefined;
  #stopWatching: (() => void) | undefined;
  #isTerminated = false;
  /** Why the thread ended unexpectedly. */
  #ended: string | undefined;

  private constructor(plugin: IsolatedPlugin, logger: Logger, limits: ThreadLimits) {
    const fromSources = import.meta.url.endsWith('.ts');
    this.#limits = limits;
    this.#logger = logger;
    this.#worker = new Worker(new URL('../../reward-thread.mjs', import.meta.url), {
      workerData: { plugin, fromSources, memoryMb: limits.memoryMb },
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb },
    });
    this.#worker.on('message', (message: FromThread) => this.#handleMessage(message));
    this.#worker.on('error', (error: NodeJS.ErrnoException) => {
      this.#failure =
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? this.#tooMuchMemory()
          : `it threw outside of its answers: ${error.message}`;
    });
    this.#worker.on('exit', (code) => {
      this.#stopWatching?.();
      this.#end(this.#failure ?? `it called process.exit(${code})`);
    });
  }

  /**
   * Starts a thread that loads the plugin.
   *
   * @returns The thread, and the plugin's name.
   * @throws ThreadStartError when the plugin is not found or its options are wrong, when it ends its thread, or after the time limit.
   */
  static async start(
    plugin: IsolatedPlugin,
    logger: Logger,
    limits: ThreadLimits,
  ): Promise<{ readonly thread: RewardThread; readonly name: string }> {
    const thread = new RewardThread(plugin, logger, limits);
    const message = await thread.#expect('find');
    if (message.kind !== 'loaded') throw new TypeError(`a thread sent "${message.kind}" first`);
    return { thread, name: message.name };
  }

  /** Creates the reward in the thread. @throws ThreadStartError with the plugin's error. */
  async create(): Promise<RewardTraits> {
    const created = this.#expect('create');
    this.post({ kind: 'create' });
    const message = await created;
    if (message.kind !== 'created') throw new TypeError(`a thread sent "${message.kind}"`);
    return message.traits;
  }

  /** Sets the listener. When the thread has already ended, the listener gets its end at once. */
  listen(listener: ThreadListener): void {
    this.#listener = listener;
    this.#stopWatching ??= watchStuckThread(this.#worker, this.#limits.memoryMb, () =>
      this.#endForMemory(),
    );
    const ended = this.#ended;
    if (ended !== undefined) queueMicrotask(() => listener.onEnd(ended));
  }

  post(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  /** Sets whether the thread keeps the process alive, which it does only while a call is open. */
  hold(needed: boolean): void {
    if (needed) this.#worker.ref();
    else this.#worker.unref();
  }

  /** Ends the thread at once, without informing the listener. */
  async terminate(): Promise<void> {
    this.#isTerminated = true;
    this.#rejectWaiting('find', 'disposed', 'The thread of the reward was ended');
    await this.#worker.terminate();
  }

  /** The reply to a message that concerns the thread itself. */
  #expect(stage: StartStage): Promise<FromThread> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const work = stage === 'create' ? 'create the reward' : 'load the module';
        const message = `It took more than ${this.#limits.startMs / 1000} s to ${work}`;
        this.#rejectWaiting(stage, 'plugin-failed', message);
        void this.terminate();
      }, this.#limits.startMs);
      this.#waiting = { resolve, reject, timer };
    });
  }

  #handleMessage(message: FromThread): void {
    switch (message.kind) {
      case 'loaded':
      case 'created':
        clearTimeout(this.#waiting?.timer);
        this.#waiting?.resolve(message);
        this.#waiting = undefined;
        return;
      case 'failed':
        this.#rejectWaiting(message.stage, message.code, message.message);
        void this.terminate();
        return;
      case 'too-much-memory':
        this.#endForMemory();
        return;
      case 'note':
        this.#logger[message.level](message.message);
        return;
      default:
        this.#listener?.onReport(message);
    }
  }

  #endForMemory(): void {
    this.#failure ??= this.#tooMuchMemory();
    void this.#worker.terminate();
  }

  #tooMuchMemory(): string {
    return `it used more than ${this.#limits.memoryMb} MB of memory`;
  }

  #rejectWaiting(stage: StartStage, code: string, message: string): void {
    clearTimeout(this.#waiting?.timer);
    this.#waiting?.reject(new ThreadStartError(stage, code, message));
    this.#waiting = undefined;
  }

  #end(reason: string): void {
    if (this.#isTerminated) return;
    this.#ended = reason;
    this.#rejectWaiting('create', 'plugin-failed', `Its thread ended: ${reason}`);
    this.#listener?.onEnd(reason);
  }
}
