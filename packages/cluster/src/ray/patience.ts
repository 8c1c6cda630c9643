/** Retries requests for a while, so that a run survives a head that starts, restarts or is briefly unreachable. */
import { setTimeout as sleep } from 'node:timers/promises';
import { LociError, messageOf } from '@loci/core';
import type { Logger } from '@loci/core';
import { isPassing } from './ray-http.ts';

/** How long to retry, and how often. */
export interface PatienceOptions {
  readonly forMs: number;
  /** Before the second try; doubles up to `longestWaitMs`. */
  readonly firstWaitMs?: number;
  readonly longestWaitMs?: number;
  readonly logger: Pick<Logger, 'warn' | 'info'>;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
}

/** Retries work that fails for a temporary reason. */
export class Patience {
  readonly #options: PatienceOptions;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /**
   * Repeats `work` until it succeeds.
   *
   * @throws The error of the work when it is not temporary, or has lasted for `forMs`.
   */
  async until<Result>(work: () => Promise<Result>): Promise<Result> {
    const { forMs, firstWaitMs = 500, longestWaitMs = 10_000, logger, signal } = this.#options;
    const deadline = performance.now() + forMs;
    let wait = firstWaitMs;
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await work();
        if (attempt > 1) logger.info('Ray answers again');
        return result;
      } catch (thrown) {
        if (!isPassing(thrown) || signal?.aborted === true) throw thrown;
        if (performance.now() + wait > deadline) throw exhausted(thrown, forMs);
        if (attempt === 1) {
          logger.warn(`${messageOf(thrown)}. Trying again for ${Math.round(forMs / 1000)} s`);
        }
        await sleep(wait, undefined, { ...(signal && { signal }) }).catch(() => undefined);
        wait = Math.min(2 * wait, longestWaitMs);
      }
    }
  }
}

function exhausted(thrown: unknown, forMs: number): LociError {
  const { code } = thrown as LociError;
  return new LociError(code, `${messageOf(thrown)} (tried for ${Math.round(forMs / 1000)} s)`, {
    cause: thrown,
  });
}
