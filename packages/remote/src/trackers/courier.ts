/** Sends what waits in an outbox, in the background, for as long as it takes: a tracker that is down is asked again, later and later. */
import type { Logger } from '@loci/core';
import { messageOf } from '@loci/core';
import { TrackerRefusal } from './entry.ts';
import type { Tracker } from './entry.ts';
import type { Outbox, OutboxBatch } from './outbox.ts';

const MOST_ENTRIES = 100;
/** A connection that the server has let go meanwhile fails once; that is not worth a word. */
const SECOND_TRY_MS = 100;
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [1000, 60_000];

/** What could be sent by an end. */
export interface Leftover {
  readonly sent: number;
  /** Bytes that wait. */
  readonly left: number;
  readonly problem?: string;
}

/** The way from an outbox to its tracker. */
export class Courier {
  readonly #tracker: Tracker;
  readonly #outbox: Outbox;
  readonly #logger: Logger;
  readonly #abort = new AbortController();
  #work: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #problem: string | undefined;
  #sent = 0;

  constructor(tracker: Tracker, outbox: Outbox, logger: Logger) {
    this.#tracker = tracker;
    this.#outbox = outbox;
    this.#logger = logger;
  }

  /** Begins to send, unless that is going on already. */
  start(): void {
    if (this.#abort.signal.aborted) return;
    this.#work ??= this.#sendAll()
      // The outbox itself cannot be read or written: its disk is full, or the run folder has gone.
      .catch((thrown: unknown) => {
        this.#abort.abort();
        this.#problem = messageOf(thrown);
        this.#logger.warn(`${this.#tracker.title} gets nothing more: ${this.#problem}`);
      })
      .finally(() => {
        this.#work = undefined;
      });
  }

  /** Gives what waits so long to be sent; a tracker that was down is asked once more at once. */
  async finish(withinMs: number): Promise<Leftover> {
    this.start();
    this.#wake?.();
    const limit = setTimeout(() => this.#abort.abort(), withinMs);
    try {
      await this.#work;
    } finally {
      clearTimeout(limit);
    }
    this.#abort.abort();
    const problem = this.#problem === undefined ? {} : { problem: this.#problem };
    return { sent: this.#sent, left: this.#outbox.waiting, ...problem };
  }

  /** Ends when all is sent or the end was called; never rejects. */
  async #sendAll(): Promise<void> {
    let size = MOST_ENTRIES;
    for (let failures = 0; !this.#abort.signal.aborted;) {
      const batch = this.#outbox.next(size);
      if (batch === undefined) return;
      try {
        await this.#deliver(batch);
        this.#outbox.confirm(batch);
        this.#sent += batch.entries.length;
        this.#recovered();
        [failures, size] = [0, MOST_ENTRIES];
      } catch (thrown) {
        if (thrown instanceof TrackerRefusal) {
          // Which of them it is shows when they come one by one.
          if (batch.entries.length > 1) size = Math.ceil(batch.entries.length / 2);
          else this.#drop(batch, thrown);
        } else {
          if (failures > 0 || this.#abort.signal.aborted) this.#failed(thrown);
          const pause = failures === 0 ? SECOND_TRY_MS : FIRST_PAUSE_MS * 2 ** (failures - 1);
          failures++;
          await this.#pause(Math.min(LONGEST_PAUSE_MS, pause));
        }
      }
    }
  }

  async #deliver({ entries }: OutboxBatch): Promise<void> {
    if (entries.length === 0) return;
    const outbox = this.#outbox;
    await this.#tracker.send({
      entries,
      runId: outbox.runId,
      get state() {
        return outbox.state;
      },
      picture: (name) => outbox.picture(name),
      note: (state) => outbox.note(state),
      signal: this.#abort.signal,
    });
  }

  #drop(batch: OutboxBatch, { message }: TrackerRefusal): void {
    const [entry] = batch.entries;
    this.#logger.warn(
      `${this.#tracker.title} does not take ${entry?.kind ?? 'an entry'} of step ${entry?.step ?? 0}, which is left out: ${message}`,
    );
    this.#outbox.confirm(batch);
  }

  #failed(thrown: unknown): void {
    if (this.#abort.signal.aborted) {
      this.#problem ??= 'there was no time left to send the rest';
      return;
    }
    const isFirst = this.#problem === undefined;
    this.#problem = messageOf(thrown);
    if (!isFirst) return;
    this.#logger.warn(
      `${this.#tracker.title} cannot be reached (${this.#problem}): the run goes on, and what it misses waits in ${this.#outbox.folder}`,
    );
  }

  #recovered(): void {
    if (this.#problem === undefined) return;
    this.#problem = undefined;
    this.#logger.info(`${this.#tracker.title} can be reached again and gets what it missed`);
  }

  async #pause(ms: number): Promise<void> {
    if (this.#abort.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      // A process that is done does not wait for a tracker.
      timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#abort.signal.addEventListener('abort', () => this.#wake?.(), { once: true });
    });
    this.#wake = undefined;
  }
}
