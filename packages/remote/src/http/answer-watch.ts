/** Watches one request: silence, time in all and size have limits, and a server that is done need not hang up. */

/** What one answer may take. */
export interface AnswerLimits {
  /** Silence after which an attempt is given up. */
  readonly silenceMs: number;
  /** Time from sending the request to the end of the answer. */
  readonly totalMs: number;
  /** Of the reply as it is read, framing included. */
  readonly bytes: number;
}

/** Which limit ended a request; `over` when the answer was whole and the server did not hang up. */
export type ReachedLimit = 'silence' | 'time' | 'bytes' | 'over';

/** A request under watch. */
export interface AnswerWatch {
  /** Raised when a limit is reached, and with the signal that was given. */
  readonly signal: AbortSignal;
  /** The limit that was reached, if any. */
  readonly reached: ReachedLimit | undefined;
  /** The text of a body, which counts as signs of life; it ends when the answer is known to be whole. */
  text(body: AsyncIterable<Uint8Array>): AsyncIterable<string>;
  /** The answer is whole, but for counts that may follow: from now on nothing more is waited for than so long. */
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
