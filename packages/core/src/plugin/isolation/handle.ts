/** The main thread's hold on one thread of a reward: starting it, speaking with it, noticing how it ends. */
import { Worker } from 'node:worker_threads';
import { LociError } from '../../errors/loci-error.ts';
import type { Logger } from '../../spec/index.ts';
import { watchCaughtThread } from './thread-memory.ts';
import type {
  CallReport,
  FromThread,
  IsolatedPlugin,
  RefusalStage,
  RewardFacts,
  ToThread,
} from './messages.ts';

/** What a thread may take. */
export interface ThreadLimits {
  /** Mebibytes of memory, buffers outside of the heap included; a reward that leaks ends its thread there instead of the process. */
  readonly memoryMb: number;
  /** Milliseconds to load the plugin, and again to make the reward. */
  readonly startMs: number;
  /** Ends of threads, without an answer between them, after which the reward is given up. */
  readonly endsInARow: number;
  /** Milliseconds to react when the time of a call is over, before the thread is ended. */
  readonly graceMs: number;
}

/** Generous for a reward that reads a model or a table, and still an end to a hang. */
export const THREAD_LIMITS: ThreadLimits = {
  memoryMb: 2048,
  startMs: 60_000,
  endsInARow: 5,
  graceMs: 1000,
};

/** Who hears what a thread says of its calls, and that it ended without being asked to. */
export interface ThreadListener {
  onReport(report: CallReport): void;
  /** @param reason Continues a sentence: `it called process.exit(1)`. */
  onEnd(reason: string): void;
}

/** A thread that could not load or make its reward: what `stage` did not get done. */
export class ThreadRefusal extends LociError {
  readonly stage: RefusalStage;

  constructor(stage: RefusalStage, code: string, message: string) {
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
  #asked = false;
  /** Why the thread ended by itself. */
  #ended: string | undefined;

  private constructor(plugin: IsolatedPlugin, logger: Logger, limits: ThreadLimits) {
    const fromSources = import.meta.url.endsWith('.ts');
    this.#limits = limits;
    this.#logger = logger;
    this.#worker = new Worker(new URL('../../reward-thread.mjs', import.meta.url), {
      workerData: { plugin, fromSources, memoryMb: limits.memoryMb },
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb },
    });
    this.#worker.on('message', (message: FromThread) => this.#hear(message));
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
   * Starts a thread and has it load the plugin.
   *
   * @returns The thread, and the plugin's name.
   * @throws ThreadRefusal when the plugin is not found or its options are wrong, when it ends its thread or takes too long.
   */
  static async start(
    plugin: IsolatedPlugin,
    logger: Logger,
    limits: ThreadLimits,
  ): Promise<{ readonly thread: RewardThread; readonly name: string }> {
    const thread = new RewardThread(plugin, logger, limits);
    const message = await thread.#expect('find');
    if (message.kind !== 'loaded') throw new TypeError(`a thread said "${message.kind}" first`);
    return { thread, name: message.name };
  }

  /** Has the reward made. @throws ThreadRefusal with what the plugin threw. */
  async create(): Promise<RewardFacts> {
    const created = this.#expect('create');
    this.post({ kind: 'create' });
    const message = await created;
    if (message.kind !== 'created') throw new TypeError(`a thread said "${message.kind}"`);
    return message.facts;
  }

  /** Has a listener told what comes; at once, when the thread has ended already. */
  listen(listener: ThreadListener): void {
    this.#listener = listener;
    this.#stopWatching ??= watchCaughtThread(this.#worker, this.#limits.memoryMb, () =>
      this.#endForMemory(),
    );
    const ended = this.#ended;
    if (ended !== undefined) queueMicrotask(() => listener.onEnd(ended));
  }

  post(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  /** Whether the thread keeps the process alive: only while an answer is waited for. */
  hold(needed: boolean): void {
    if (needed) this.#worker.ref();
    else this.#worker.unref();
  }

  /** Ends the thread, whatever it is doing; the listener hears nothing of it. */
  async terminate(): Promise<void> {
    this.#asked = true;
    this.#refuse('find', 'disposed', 'The thread of the reward was ended');
    await this.#worker.terminate();
  }

  /** The answer to what was asked of the thread itself. */
  #expect(stage: RefusalStage): Promise<FromThread> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const work = stage === 'create' ? 'make the reward' : 'load the module';
        const message = `It took more than ${this.#limits.startMs / 1000} s to ${work}`;
        this.#refuse(stage, 'plugin-failed', message);
        void this.terminate();
      }, this.#limits.startMs);
      this.#waiting = { resolve, reject, timer };
    });
  }

  #hear(message: FromThread): void {
    switch (message.kind) {
      case 'loaded':
      case 'created':
        clearTimeout(this.#waiting?.timer);
        this.#waiting?.resolve(message);
        this.#waiting = undefined;
        return;
      case 'refused':
        this.#refuse(message.stage, message.code, message.message);
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

  #refuse(stage: RefusalStage, code: string, message: string): void {
    clearTimeout(this.#waiting?.timer);
    this.#waiting?.reject(new ThreadRefusal(stage, code, message));
    this.#waiting = undefined;
  }

  #end(reason: string): void {
    if (this.#asked) return;
    this.#ended = reason;
    this.#refuse('create', 'plugin-failed', `Its thread ended: ${reason}`);
    this.#listener?.onEnd(reason);
  }
}
