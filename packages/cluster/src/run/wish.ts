/** What a person asks of a run that is being followed, and waiting that ends when they do. */
import { setTimeout as sleep } from 'node:timers/promises';

/** To follow it no more, or to end it. */
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

  /** Waits, or until somebody asks for something. */
  async wait(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#abort.signal }).catch(() => undefined);
  }
}
