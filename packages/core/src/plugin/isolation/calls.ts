/**
 * The calls of an isolated reward: which thread takes which, when the time of one is over, and who is to blame when a thread
 * ends. A call's clock starts when its thread begins it, so those that wait behind a hanging one are not blamed for it.
 */
import { messageOf } from '../../errors/loci-error.ts';
import { RewardCallError } from '../../rollout/call-reward.ts';
import type { Logger } from '../../spec/index.ts';
import type { RewardThread } from './handle.ts';
import type { Answer, CallReport, Question } from './messages.ts';
import { hasUnbegun, isFree, isIdle, settle } from './seat.ts';
import type { Call, Running, Seat } from './seat.ts';

/** A call that waits this long is given a further thread, where one is allowed. */
const STALL_MS = 200;

/** What the calls need. */
export interface IsolatedCallsOptions {
  readonly name: string;
  readonly logger: Logger;
  /** Threads at most. */
  readonly threads: number;
  /** Ends of threads without an answer between them after which the reward is given up. */
  readonly endsInARow: number;
  /** Milliseconds for a thread to say that it heard an abort; one that is caught in a loop does not. */
  readonly graceMs: number;
  /** A further thread, with the reward made. */
  start(): Promise<RewardThread>;
}

/** Distributes calls over the threads of one reward. */
export class IsolatedCalls {
  readonly #options: IsolatedCallsOptions;
  readonly #seats = new Set<Seat>();
  #queue: Call[] = [];
  #asked = 0;
  #endsInARow = 0;
  #starting: Promise<void> | undefined;
  #stall: NodeJS.Timeout | undefined;
  /** Why no call is taken any more. */
  #over: string | undefined;

  constructor(options: IsolatedCallsOptions) {
    this.#options = options;
  }

  /** Adds a thread in which the reward is made. */
  seat(thread: RewardThread): void {
    const seat: Seat = { thread, running: new Map(), current: undefined, silent: false };
    this.#seats.add(seat);
    thread.listen({
      onReport: (report) => this.#hear(seat, report),
      onEnd: (reason) => this.#bury(seat, reason, `ended its thread: ${reason}`),
    });
    this.#distribute();
  }

  /**
   * Asks the reward. The time starts when a thread begins the call.
   *
   * @returns Rejects with RewardCallError: it threw, its time was over, its thread ended, or the reward is given up.
   */
  ask(
    question: Question,
    { timeoutMs, signal }: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<Answer> {
    if (this.#over !== undefined) return Promise.reject(new RewardCallError(this.#over));
    return new Promise((resolve, reject) => {
      const call: Call = { id: this.#asked++, question, timeoutMs, resolve, reject, alone: false };
      signal?.addEventListener('abort', () => this.#abort(call, messageOf(signal.reason)), {
        once: true,
      });
      this.#queue.push(call);
      this.#distribute();
    });
  }

  /** Ends all threads and rejects what waits. */
  async dispose(): Promise<void> {
    await Promise.all([...this.#giveUp('the run is over'), this.#starting]);
  }

  #distribute(): void {
    for (const seat of this.#seats) {
      const [call] = this.#queue;
      if (call === undefined || !isFree(seat, call)) continue;
      this.#queue.shift();
      this.#send(seat, call);
    }
    if (this.#queue.length > 0 && this.#seats.size === 0) this.#startThread();
    const waits = this.#queue.length > 0 || [...this.#seats].some(hasUnbegun);
    if (waits && this.#options.threads > 1) {
      this.#stall ??= setTimeout(() => this.#relieve(), STALL_MS);
    }
    const isHeld = waits || [...this.#seats].some(({ running }) => running.size > 0);
    for (const { thread } of this.#seats) thread.hold(isHeld);
  }

  #send(seat: Seat, call: Call): void {
    try {
      seat.thread.post({ kind: 'call', id: call.id, question: call.question });
      const sentAt = performance.now();
      const state = { began: false, relieved: false, timer: undefined };
      seat.running.set(call.id, { call, sentAt, ...state });
    } catch (thrown) {
      call.reject(new RewardCallError(`cannot be sent to its thread: ${messageOf(thrown)}`));
    }
  }

  /** Calls that wait too long get a further thread, also those that were sent to a thread and have not begun. */
  #relieve(): void {
    this.#stall = undefined;
    const isMoreAllowed = this.#seats.size < this.#options.threads;
    for (const seat of this.#seats) {
      if (!isMoreAllowed && ![...this.#seats].some((other) => isIdle(other))) break;
      for (const running of seat.running.values()) {
        const { call, sentAt, began, relieved } = running;
        if (began || relieved || performance.now() - sentAt < STALL_MS) continue;
        running.relieved = true;
        seat.silent = true;
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
          if (this.#over === undefined) this.seat(thread);
          else void thread.terminate();
        },
        (error: unknown) => {
          this.#starting = undefined;
          this.#countEnd(messageOf(error));
        },
      )
      .then(() => this.#distribute());
  }

  #hear(seat: Seat, report: CallReport): void {
    const { id } = report;
    const running = seat.running.get(id);
    seat.silent = false;
    if (report.kind === 'began') {
      seat.current = id;
      if (running !== undefined) this.#begin(seat, running);
      return;
    }
    if (seat.current === id) seat.current = undefined;
    if (report.kind !== 'waits' && running !== undefined) {
      clearTimeout(running.timer);
      seat.running.delete(id);
      this.#endsInARow = 0;
      settle(running.call, report);
    }
    this.#distribute();
  }

  #begin(seat: Seat, running: Running): void {
    running.began = true;
    const { timeoutMs } = running.call;
    if (timeoutMs === undefined) return;
    this.#setClock(seat, running, timeoutMs, () =>
      this.#expire(seat, running, `timed out after ${timeoutMs} ms`),
    );
  }

  /** What a thread has said already is heard before its time is called over: this thread may have been the busy one. */
  #setClock(seat: Seat, running: Running, ms: number, strike: () => void): void {
    clearTimeout(running.timer);
    running.timer = setTimeout(() => {
      setImmediate(() => {
        if (this.#seats.has(seat) && seat.running.get(running.call.id) === running) strike();
      });
    }, ms);
  }

  /** Tells the thread to stop a call, and ends the thread when it does not listen. */
  #expire(seat: Seat, running: Running, reason: string): void {
    seat.thread.post({ kind: 'abort', id: running.call.id, reason });
    this.#setClock(seat, running, this.#options.graceMs, () => {
      void seat.thread.terminate();
      this.#bury(seat, reason, `${reason}, did not stop, and its thread was ended`);
    });
  }

  #abort(call: Call, reason: string): void {
    this.#queue = this.#queue.filter((other) => other !== call);
    call.reject(new RewardCallError(reason));
    for (const seat of this.#seats) {
      const running = seat.running.get(call.id);
      if (running?.began === true) this.#expire(seat, running, reason);
    }
  }

  /** What becomes of the calls of a thread that is no more. */
  #bury(seat: Seat, reason: string, verdict: string): void {
    if (!this.#seats.delete(seat)) return;
    const left = [...seat.running.values()];
    for (const { timer } of left) clearTimeout(timer);
    const suspects = left.filter(({ began }) => began).map(({ call }) => call);
    const [guilty, ...others] = suspects;
    if (guilty !== undefined && others.length === 0) guilty.reject(new RewardCallError(verdict));
    else for (const call of suspects) call.alone = true;
    const again = left
      .filter(({ call, relieved }) => !relieved && (others.length > 0 || call !== guilty))
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
      logger.warn(`The thread of the reward "${name}" ended and is started again: ${reason}`);
      return;
    }
    const times = `its thread ended ${endsInARow} times in a row`;
    logger.warn(`The reward "${name}" is given up: ${times}, the last time: ${reason}`);
    void this.#giveUp(
      `is given up: ${times}, the last time: ${reason}; correct it and start again`,
    );
  }

  /** Takes no call any more, rejects those that wait, and ends the threads. */
  #giveUp(reason: string): readonly Promise<void>[] {
    this.#over ??= reason;
    clearTimeout(this.#stall);
    const seats = [...this.#seats];
    const running = seats.flatMap((seat) => [...seat.running.values()]);
    for (const { timer } of running) clearTimeout(timer);
    const calls = [...this.#queue, ...running.map(({ call }) => call)];
    this.#queue = [];
    this.#seats.clear();
    for (const call of calls) call.reject(new RewardCallError(reason));
    return seats.map(({ thread }) => thread.terminate());
  }
}
