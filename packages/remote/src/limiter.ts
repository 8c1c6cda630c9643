/** Keeps to a server's limits: requests in flight, requests and tokens a minute, and pauses that the server asks for. */
import { setTimeout as sleep } from 'node:timers/promises';

/** The limits of a server. */
export interface RequestLimits {
  /** Requests in flight at once. */
  readonly concurrency: number;
  readonly requestsPerMinute?: number | undefined;
  /** Of prompts and completions together. */
  readonly tokensPerMinute?: number | undefined;
}

/** A source of time. Tests replace it by a faster one. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** Node fires a timer at once when its milliseconds do not fit into 31 bits. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The clock of the machine. */
export const REAL_CLOCK: Clock = {
  now: () => performance.now(),
  wait: (ms, signal) => sleep(Math.min(ms, LONGEST_TIMER_MS), undefined, { signal }),
};

/** The right to send one request. */
export interface Turn {
  /** Replaces the expected tokens by the counted ones. */
  count(tokens: number): void;
  /** Ends the turn; the next request may begin. */
  end(): void;
}

/** Gives turns in the order in which they are asked for. */
export interface Limiter {
  /**
   * Waits for a turn. Rejects with the signal's reason when the signal is raised first.
   *
   * @param tokens expected use of the request. A request beyond the minute's limit waits for an empty minute.
   */
  turn(tokens: number, signal: AbortSignal): Promise<Turn>;
  /** Gives no turn for `ms` milliseconds. */
  pause(ms: number): void;
}

const MINUTE_MS = 60_000;

interface Use {
  readonly atMs: number;
  tokens: number;
}

/** The time until which a server wants no request. */
export interface Pause {
  untilMs: number;
}

const pauses = new Map<string, Pause>();

/** The pause of a server. Everything in this process that uses the server shares it, such as a policy and its judge. */
export function pauseOf(address: string): Pause {
  const { origin } = new URL(address);
  const known = pauses.get(origin) ?? { untilMs: -Infinity };
  pauses.set(origin, known);
  return known;
}

/** A limiter over a sliding minute. */
export function createLimiter(
  limits: RequestLimits,
  clock: Clock = REAL_CLOCK,
  paused: Pause = { untilMs: -Infinity },
): Limiter {
  const { concurrency, requestsPerMinute = Infinity, tokensPerMinute = Infinity } = limits;
  const waiting: (() => void)[] = [];
  let minute: Use[] = [];
  let running = 0;
  let queue: Promise<unknown> = Promise.resolve();

  /** Milliseconds until a request of `tokens` fits into the minute. */
  function untilRoom(tokens: number): number {
    const now = clock.now();
    minute = minute.filter(({ atMs }) => atMs > now - MINUTE_MS);
    const pause = paused.untilMs - now;
    let used = minute.reduce((sum, use) => sum + use.tokens, 0);
    for (let left = minute.length; ; left--) {
      if (left < requestsPerMinute && (left === 0 || used + tokens <= tokensPerMinute)) {
        const freed = minute[minute.length - left - 1];
        return Math.max(pause, freed === undefined ? 0 : freed.atMs + MINUTE_MS - now);
      }
      used -= minute[minute.length - left]!.tokens;
    }
  }

  async function begin(tokens: number, signal: AbortSignal): Promise<Turn> {
    signal.throwIfAborted();
    while (running >= concurrency) {
      await untilFreed(signal);
    }
    for (let ms = untilRoom(tokens); ms > 0; ms = untilRoom(tokens)) await clock.wait(ms, signal);
    const use: Use = { atMs: clock.now(), tokens };
    minute.push(use);
    running++;
    let ended = false;
    return {
      count(counted) {
        use.tokens = counted;
      },
      end() {
        if (ended) return;
        ended = true;
        running--;
        waiting.shift()?.();
      },
    };
  }

  function untilFreed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const freed = () => {
        signal.removeEventListener('abort', stopped);
        resolve();
      };
      const stopped = () => {
        waiting.splice(waiting.indexOf(freed), 1);
        reject(signal.reason as Error);
      };
      waiting.push(freed);
      signal.addEventListener('abort', stopped, { once: true });
    });
  }

  return {
    turn(tokens, signal) {
      const turn = queue.then(() => begin(tokens, signal));
      queue = turn.catch(() => undefined);
      return turn;
    },
    pause(ms) {
      paused.untilMs = Math.max(paused.untilMs, clock.now() + ms);
    },
  };
}
