/** Sends the entries of an outbox in the background. It tries a tracker that is down again and again, after longer and longer pauses. */
import type { Logger } from '@loci/core';
import { messageOf } from '@loci/core';
import { TrackerRefusal } from './entry.ts';
import type { Tracker } from './entry.ts';
import type { Outbox, OutboxBatch } from './outbox.ts';

const MOST_ENTRIES = 100;
/** A connection that the server closed meanwhile fails once. The second try comes early, and only its failure is logged. */
const SECOND_TRY_MS = 100;
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [1000, 60_000];

/** The result of the last sending. */
export interface Leftover {
  readonly sent: number;
  /** Bytes that still wait. */
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

  /** Begins to send, unless it sends already. */
  start(): void {
    if (this.#abort.signal.aborted) return;
    this.#work ??= this.#sendAll()
      // The outbox itself cannot be read or written: the disk is full, or the run folder is gone.
      .catch((thrown: unknown) => {
        this.#abort.abort();
        this.#problem = messageOf(thrown);
        this.#logger.warn(
          `Nothing more goes to ${this.#tracker.title}, since its outbox failed: ${this.#problem}`,
        );
      })
      .finally(() => {
        this.#work = undefined;
      });
  }

  /** Sends what waits, for at most `withinMs`. It tries a tracker that was down again at once. */
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

  /** Ends when everything is sent or the signal is raised. Rejects only when the outbox fails. */
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
          // Smaller and smaller batches find the entry that the tracker rejects.
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
      `${this.#tracker.title} rejects ${entry?.kind ?? 'an entry'} of step ${entry?.step ?? 0}, which is left out: ${message}`,
    );
    this.#outbox.confirm(batch);
  }

  #failed(thrown: unknown): void {
    if (this.#abort.signal.aborted) {
      this.#problem ??= 'no time was left to send the rest';
      return;
    }
    const isFirst = this.#problem === undefined;
    this.#problem = messageOf(thrown);
    if (!isFirst) return;
    this.#logger.warn(
      `${this.#tracker.title} cannot be reached (${this.#problem}): the run goes on, and its entries wait in ${this.#outbox.folder}`,
    );
  }

  #recovered(): void {
    if (this.#problem === undefined) return;
    this.#problem = undefined;
    this.#logger.info(
      `${this.#tracker.title} can be reached again and gets the entries that waited`,
    );
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#abort;
    if (signal.aborted) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      signal.addEventListener('abort', () => this.#wake?.(), { once: true });
      // A process that is done does not wait for a tracker.
      timer = setTimeout(resolve, ms).unref();
    });
    clearTimeout(timer);
    this.#wake = undefined;
  }
}
