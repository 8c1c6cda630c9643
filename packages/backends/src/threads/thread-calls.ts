/** Matches requests to a thread with its answers by number. While an answer is due the thread keeps the process alive. */
import { LociError } from '@loci/core';

/** The thread as this side needs it: a `Worker`, or a port in tests. */
export interface CalledThread {
  postMessage(message: unknown, moved?: readonly ArrayBuffer[]): void;
  ref(): void;
  unref(): void;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The open requests to one thread. */
export class ThreadCalls {
  readonly #thread: CalledThread;
  readonly #name: string;
  readonly #pending = new Map<number, Pending>();
  #requests = 0;
  #stopped: LociError | undefined;

  /** @param name of the thread in errors, such as `the ONNX session worker`. */
  constructor(thread: CalledThread, name: string) {
    this.#thread = thread;
    this.#name = name;
    thread.unref();
  }

  /** Whether the thread has ended. */
  get isStopped(): boolean {
    return this.#stopped !== undefined;
  }

  /**
   * Posts a request with the number for its answer.
   *
   * @param moved memory that moves to the thread.
   * @throws LociError `engine-stopped` when the thread has ended, or ends before it answers.
   */
  ask(request: object, moved: readonly ArrayBuffer[] = []): Promise<unknown> {
    if (this.#stopped) return Promise.reject(this.#stopped);
    const id = this.#requests++;
    return new Promise((resolve, reject) => {
      // A request that cannot be posted is never answered: nobody may wait for it.
      this.#thread.postMessage({ id, ...request }, moved);
      this.#pending.set(id, { resolve, reject });
      this.#thread.ref();
    });
  }

  /**
   * Settles a request with its answer, a value or an error. An answer that arrives while the thread is being ended changes nothing: the
   * process must stay alive until the thread has gone.
   */
  settle(id: number, answer: { readonly value: unknown } | { readonly error: Error }): void {
    if (this.#stopped) return;
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.#thread.unref();
    if ('error' in answer) pending?.reject(answer.error);
    else pending?.resolve(answer.value);
  }

  /** Rejects open and later requests; the first reason stays. @param how it ended, such as `was disposed`. */
  stop(how: string, cause?: unknown): void {
    this.#stopped ??= new LociError('engine-stopped', `${this.#name} ${how}`, { cause });
    for (const { reject } of this.#pending.values()) reject(this.#stopped);
    this.#pending.clear();
  }
}
