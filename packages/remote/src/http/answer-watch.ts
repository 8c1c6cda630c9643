/** Watches one request for limits of silence, total time and size. A server that is done need not close the connection. */

/** The limits of one answer. */
export interface AnswerLimits {
  /** Silence after which an attempt fails. */
  readonly silenceMs: number;
  /** Time from sending the request to the end of the answer. */
  readonly totalMs: number;
  /** Size of the decompressed reply, framing included. */
  readonly bytes: number;
}

/** The limit that ended a request; `over` when the answer was complete and the server kept the connection open. */
export type ReachedLimit = 'silence' | 'time' | 'bytes' | 'over';

/** A watched request. */
export interface AnswerWatch {
  /** Raised when the answer reaches a limit, and with the outer signal. */
  readonly signal: AbortSignal;
  /** The limit that the answer reached, if any. */
  readonly reached: ReachedLimit | undefined;
  /** The text of a body, whose chunks count as signs of life. It ends when the answer is known to be complete. */
  text(body: AsyncIterable<Uint8Array>): AsyncIterable<string>;
  /** Waits at most `ms` for the rest: the answer is complete, but token counts may follow. */
  endWithin(ms: number): void;
  /** Stops all timers. */
  stop(): void;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Begins to watch. */
export function watchAnswer(limits: AnswerLimits, outer: AbortSignal): AnswerWatch {
  const own = new AbortController();
  const signal = AbortSignal.any([outer, own.signal]);
  let reached: ReachedLimit | undefined;
  const reach = (limit: ReachedLimit) => {
    reached ??= limit;
    own.abort(new Error(`reached the limit of ${limit}`));
  };
  const after = (ms: number, limit: ReachedLimit) =>
    setTimeout(() => reach(limit), Math.min(ms, LONGEST_TIMER_MS));
  const silence = after(limits.silenceMs, 'silence');
  const total = after(limits.totalMs, 'time');
  let end: NodeJS.Timeout | undefined;

  async function* text(body: AsyncIterable<Uint8Array>): AsyncIterable<string> {
    const decoder = new TextDecoder();
    let bytes = 0;
    silence.refresh();
    try {
      for await (const chunk of body) {
        silence.refresh();
        bytes += chunk.length;
        if (bytes > limits.bytes) {
          reach('bytes');
          return;
        }
        yield decoder.decode(chunk, { stream: true });
      }
    } catch (thrown) {
      if (reached === 'over') return;
      throw thrown;
    }
    yield decoder.decode();
  }

  return {
    signal,
    get reached() {
      return reached;
    },
    text,
    endWithin(ms) {
      clearTimeout(end);
      end = after(ms, 'over');
    },
    stop() {
      clearTimeout(silence);
      clearTimeout(total);
      clearTimeout(end);
    },
  };
}
