/**
 * Distributes the calls of an isolated reward over its threads, enforces their timeouts, and finds the call that ended a thread. The timeout
 * of a call starts when its thread begins it, so calls that wait behind a hanging one do not time out with it.
 */
import { messageOf } from '../../errors/loci-error.ts';
import { RewardCallError } from '../../rollout/call-reward.ts';
import type { Logger } from '../../spec/index.ts';
import type { RewardThread } from './handle.ts';
import type { CallReport, CallRequest, CallResult } from './messages.ts';
import { hasUnbegun, isFree, isIdle, settle } from './thread-calls.ts';
import type { Call, SentCall, ThreadCalls } from './thread-calls.ts';

/** After this wait a call gets a further thread, if one is allowed. */
const STALL_MS = 200;

/** Settings of the calls of one reward. */
export interface IsolatedCallsOptions {
  readonly name: string;
  readonly logger: Logger;
  /** Most threads. */
  readonly threads: number;
  /** Number of thread ends in a row, without an answer between them, after which the reward is given up. */
  readonly endsInARow: number;
  /** Milliseconds for a thread to confirm an abort. A thread in an endless loop never confirms it. */
  readonly graceMs: number;
  /** Starts a further thread and creates the reward in it. */
  start(): Promise<RewardThread>;
}

/** Distributes calls over the threads of one reward. */
export class IsolatedCalls {
  readonly #options: IsolatedCallsOptions;
  readonly #threads = new Set<ThreadCalls>();
  #queue: Call[] = [];
  #calls = 0;
  #endsInARow = 0;
  #starting: Promise<void> | undefined;
  #stall: NodeJS.Timeout | undefined;
  /** Why no further call is accepted. */
  #over: string | undefined;

  constructor(options: IsolatedCallsOptions) {
    this.#options = options;
  }

  /** Adds a thread in which the reward exists. */
  add(thread: RewardThread): void {
    const entry: ThreadCalls = { thread, sent: new Map(), current: undefined, unresponsive: false };
    this.#threads.add(entry);
    thread.listen({
      onReport: (report) => this.#handleReport(entry, report),
      onEnd: (reason) => this.#handleEnd(entry, reason, `ended its thread: ${reason}`),
    });
    this.#distribute();
  }

  /**
   * Calls the reward. The timeout starts when a thread begins the call.
   *
   * @returns Rejects with RewardCallError when the reward threw, timed out, ended its thread, or is given up.
   */
  call(
    request: CallRequest,
    { timeoutMs, signal }: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<CallResult> {
    if (this.#over !== undefined) return Promise.reject(new RewardCallError(this.#over));
    return new Promise((resolve, reject) => {
      const call: Call = { id: this.#calls++, request, timeoutMs, resolve, reject, alone: false };
      signal?.addEventListener('abort', () => this.#abort(call, messageOf(signal.reason)), {
        once: true,
      });
      this.#queue.push(call);
      this.#distribute();
    });
  }

  /** Ends all threads and rejects waiting calls. */
  async dispose(): Promise<void> {
    await Promise.all([...this.#giveUp('the run is over'), this.#starting]);
  }

  #distribute(): void {
    for (const entry of this.#threads) {
      const [call] = this.#queue;
      if (call === undefined || !isFree(entry, call)) continue;
      this.#queue.shift();
      this.#send(entry, call);
    }
    if (this.#queue.length > 0 && this.#threads.size === 0) this.#startThread();
    const waits = this.#queue.length > 0 || [...this.#threads].some(hasUnbegun);
    if (waits && this.#options.threads > 1) {
      this.#stall ??= setTimeout(() => this.#resendStalled(), STALL_MS);
    }
    const isHeld = waits || [...this.#threads].some(({ sent }) => sent.size > 0);
    for (const { thread } of this.#threads) thread.hold(isHeld);
  }

  #send(entry: ThreadCalls, call: Call): void {
    try {
      entry.thread.post({ kind: 'call', id: call.id, request: call.request });
      const sentAt = performance.now();
      const state = { began: false, resent: false, timer: undefined };
      entry.sent.set(call.id, { call, sentAt, ...state });
    } catch (thrown) {
      call.reject(new RewardCallError(`cannot be sent to its thread: ${messageOf(thrown)}`));
    }
  }

  /** Starts a further thread for calls that wait too long, also for those that were sent to a thread and have not begun. */
  #resendStalled(): void {
    this.#stall = undefined;
    const isMoreAllowed = this.#threads.size < this.#options.threads;
    for (const entry of this.#threads) {
      if (!isMoreAllowed && ![...this.#threads].some((other) => isIdle(other))) break;
      for (const running of entry.sent.values()) {
        const { call, sentAt, began, resent } = running;
        if (began || resent || performance.now() - sentAt < STALL_MS) continue;
        running.resent = true;
        entry.unresponsive = true;
        this.#queue.unshift(call);
      }
    }
    if (isMoreAllowed && this.#queue.length > 0) this.#startThread();
    this.#distribute();
  }

  #startThread(): void {
    this.#starting ??= this.#options
      .start()
      .then(
        (thread) => {
          this.#starting = undefined;
          if (this.#over === undefined) this.add(thread);
          else void thread.terminate();
        },
        (error: unknown) => {
          this.#starting = undefined;
          this.#countEnd(messageOf(error));
        },
      )
      .then(() => this.#distribute());
  }

  #handleReport(entry: ThreadCalls, report: CallReport): void {
    const { id } = report;
    const running = entry.sent.get(id);
    entry.unresponsive = false;
    if (report.kind === 'began') {
      entry.current = id;
      if (running !== undefined) this.#begin(entry, running);
      return;
    }
    if (entry.current === id) entry.current = undefined;
    if (report.kind !== 'waits' && running !== undefined) {
      clearTimeout(running.timer);
      entry.sent.delete(id);
      this.#endsInARow = 0;
      settle(running.call, report);
    }
    this.#distribute();
  }

  #begin(entry: ThreadCalls, running: SentCall): void {
    running.began = true;
    const { timeoutMs } = running.call;
    if (timeoutMs === undefined) return;
    this.#setClock(entry, running, timeoutMs, () =>
      this.#expire(entry, running, `timed out after ${timeoutMs} ms`),
    );
  }

  /** Messages of the thread that already arrived are handled before the timeout, because the main thread may have been busy. */
  #setClock(entry: ThreadCalls, running: SentCall, ms: number, onExpiry: () => void): void {
    clearTimeout(running.timer);
    running.timer = setTimeout(() => {
      setImmediate(() => {
        if (this.#threads.has(entry) && entry.sent.get(running.call.id) === running) onExpiry();
      });
    }, ms);
  }

  /** Aborts a call, and ends its thread when that does not confirm the abort. */
  #expire(entry: ThreadCalls, running: SentCall, reason: string): void {
    entry.thread.post({ kind: 'abort', id: running.call.id, reason });
    this.#setClock(entry, running, this.#options.graceMs, () => {
      void entry.thread.terminate();
      this.#handleEnd(entry, reason, `${reason}, did not stop, and its thread was ended`);
    });
  }

  #abort(call: Call, reason: string): void {
    this.#queue = this.#queue.filter((other) => other !== call);
    call.reject(new RewardCallError(reason));
    for (const entry of this.#threads) {
      const running = entry.sent.get(call.id);
      if (running?.began === true) this.#expire(entry, running, reason);
    }
  }

  /**
   * Handles the end of a thread. A call that alone had begun is rejected. When several had begun, each of them is sent again, alone in a
   * thread, to find the one at fault. Calls that had not begun are sent again.
   */
  #handleEnd(entry: ThreadCalls, reason: string, verdict: string): void {
    if (!this.#threads.delete(entry)) return;
    const left = [...entry.sent.values()];
    for (const { timer } of left) clearTimeout(timer);
    const suspects = left.filter(({ began }) => began).map(({ call }) => call);
    const [culprit, ...others] = suspects;
    if (culprit !== undefined && others.length === 0) culprit.reject(new RewardCallError(verdict));
    else for (const call of suspects) call.alone = true;
    const again = left
      .filter(({ call, resent }) => !resent && (others.length > 0 || call !== culprit))
      .map(({ call }) => call);
    this.#queue = [...again, ...this.#queue].sort((one, other) => one.id - other.id);
    this.#countEnd(reason);
    this.#distribute();
  }

  #countEnd(reason: string): void {
    if (this.#over !== undefined) return;
    this.#endsInARow++;
    const { name, logger, endsInARow } = this.#options;
    if (this.#endsInARow < endsInARow) {
      logger.warn(`The thread of the reward "${name}" ended, and a new one starts: ${reason}`);
      return;
    }
    const times = `its thread ended ${endsInARow} times in a row`;
    logger.warn(`The reward "${name}" is given up: ${times}, the last time: ${reason}`);
    void this.#giveUp(
      `is given up: ${times}, the last time: ${reason}; fix the reward and start again`,
    );
  }

  /** Accepts no further calls, rejects the open ones, and ends the threads. */
  #giveUp(reason: string): readonly Promise<void>[] {
    this.#over ??= reason;
    clearTimeout(this.#stall);
    const threads = [...this.#threads];
    const running = threads.flatMap((entry) => [...entry.sent.values()]);
    for (const { timer } of running) clearTimeout(timer);
    const calls = [...this.#queue, ...running.map(({ call }) => call)];
    this.#queue = [];
    this.#threads.clear();
    for (const call of calls) call.reject(new RewardCallError(reason));
    return threads.map(({ thread }) => thread.terminate());
  }
}
