/** A thread of a reward with the calls it was given, as the main thread keeps the books of it. */
import { RewardCallError } from '../../rollout/call-reward.ts';
import type { RewardThread } from './handle.ts';
import type { Answer, CallReport, Question } from './messages.ts';

/** A question on its way to an answer. */
export interface Call {
  readonly id: number;
  readonly question: Question;
  readonly timeoutMs: number | undefined;
  resolve(answer: Answer): void;
  reject(error: RewardCallError): void;
  /** It was under way with others when their thread ended: it gets a thread to itself, to tell the guilty from the others. */
  alone: boolean;
}

/** A call that was sent to a thread. */
export interface Running {
  readonly call: Call;
  readonly sentAt: number;
  began: boolean;
  /** It was sent to another thread as well, because this one did not begin it; the first answer counts. */
  relieved: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** A thread and what it has been given. */
export interface Seat {
  readonly thread: RewardThread;
  readonly running: Map<number, Running>;
  /** The call that keeps the thread from beginning another one. */
  current: number | undefined;
  /** It has not begun a call for so long that it is sent no other one until it is heard of. */
  silent: boolean;
}

/** Whether a thread can begin a call now. */
export function isFree(seat: Seat, call: Call): boolean {
  if (seat.current !== undefined || seat.silent || hasUnbegun(seat)) return false;
  return isIdle(seat) || (!call.alone && ![...seat.running.values()].some(isAlone));
}

/** Whether a thread has nothing to do. */
export function isIdle({ running, silent }: Seat): boolean {
  return running.size === 0 && !silent;
}

/** Whether a thread has been sent a call that it alone has, and has not begun. */
export function hasUnbegun({ running }: Seat): boolean {
  return [...running.values()].some(({ began, relieved }) => !began && !relieved);
}

function isAlone({ call }: Running): boolean {
  return call.alone;
}

/** Gives a call its end. */
export function settle(call: Call, report: Exclude<CallReport, { kind: 'began' | 'waits' }>): void {
  switch (report.kind) {
    case 'answered':
      call.resolve(report.answer);
      return;
    case 'threw':
      call.reject(new RewardCallError(`threw: ${report.message}`));
      return;
    case 'aborted':
      call.reject(new RewardCallError(`timed out after ${call.timeoutMs} ms`));
      return;
  }
  report satisfies never;
}
