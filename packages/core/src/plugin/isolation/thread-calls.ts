/** The main thread's record of one thread of a reward and the calls assigned to it. */
import { RewardCallError } from '../../rollout/call-reward.ts';
import type { RewardThread } from './handle.ts';
import type { CallReport, CallRequest, CallResult } from './messages.ts';

/** A call of the reward that has no result yet. */
export interface Call {
  readonly id: number;
  readonly request: CallRequest;
  readonly timeoutMs: number | undefined;
  resolve(result: CallResult): void;
  reject(error: RewardCallError): void;
  /** Set when it ran beside others as their thread ended. It then runs alone in a thread, to find the call at fault. */
  alone: boolean;
}

/** A call that was sent to a thread. */
export interface SentCall {
  readonly call: Call;
  readonly sentAt: number;
  began: boolean;
  /** Set when it was sent to another thread too, because this one did not begin it. The first result counts. */
  resent: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** A thread and the calls sent to it. */
export interface ThreadCalls {
  readonly thread: RewardThread;
  readonly sent: Map<number, SentCall>;
  /** The call that keeps the thread from beginning another one. */
  current: number | undefined;
  /** Set when it did not begin a call in time. It gets no other one until its next message. */
  unresponsive: boolean;
}

/** Whether a thread can begin a call now. */
export function isFree(entry: ThreadCalls, call: Call): boolean {
  if (entry.current !== undefined || entry.unresponsive || hasUnbegun(entry)) return false;
  return isIdle(entry) || (!call.alone && ![...entry.sent.values()].some(isAlone));
}

/** Whether a thread has nothing to do. */
export function isIdle({ sent, unresponsive }: ThreadCalls): boolean {
  return sent.size === 0 && !unresponsive;
}

/** Whether a thread has a call that it has not begun, and that no other thread has. */
export function hasUnbegun({ sent }: ThreadCalls): boolean {
  return [...sent.values()].some(({ began, resent }) => !began && !resent);
}

function isAlone({ call }: SentCall): boolean {
  return call.alone;
}

/** Resolves or rejects a call by the report of its thread. */
export function settle(call: Call, report: Exclude<CallReport, { kind: 'began' | 'waits' }>): void {
  switch (report.kind) {
    case 'answered':
      call.resolve(report.result);
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
