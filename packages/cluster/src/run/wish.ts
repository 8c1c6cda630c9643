/** The user's request to leave or stop a run that is being followed, which also ends waiting. */
import { setTimeout as sleep } from 'node:timers/promises';

/** `leave` ends only the following; `stop` ends the job too. */
export type Wish = 'leave' | 'stop';

/** The last wish; a stop after a leave is a stop. */
export class Wishes {
  readonly #abort = new AbortController();
  #wish: Wish | undefined;

  get wish(): Wish | undefined {
    return this.#wish;
  }

  ask(wish: Wish): void {
    if (this.#wish === 'stop') return;
    this.#wish = wish;
    this.#abort.abort();
  }

  /** Waits for some time, at most until the next request. */
  async wait(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#abort.signal }).catch(() => undefined);
  }
}
