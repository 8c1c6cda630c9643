/**
 * Server-sent events: sends the summaries of all runs, once a second while they change. It reads nothing while nobody listens.
 */
import type { ServerResponse } from 'node:http';
import type { RunSummary } from '../wire/wire.ts';
import type { RunList } from './run-list.ts';

/** Time between two reads of the folders. */
const EVERY_MS = 1000;
/** Time between two heartbeats while nothing changes: they reveal a dead connection. */
const QUIET_MS = 15_000;

/** Sends changes to every page that listens. */
export class EventStream {
  readonly #runs: RunList;
  readonly #everyMs: number;
  readonly #listeners = new Set<ServerResponse>();
  #last = '';
  #sentAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(runs: RunList, everyMs: number = EVERY_MS) {
    this.#runs = runs;
    this.#everyMs = everyMs;
  }

  /** Adds a page, which gets the summaries of all runs at once. */
  add(response: ServerResponse): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    this.#listeners.add(response);
    response.once('close', () => this.#listeners.delete(response));
    // A page may leave in the middle of a message.
    response.on('error', () => this.#listeners.delete(response));
    this.#last = '';
    if (this.#timer === undefined) void this.#look();
  }

  /** Ends every connection. */
  close(): void {
    clearTimeout(this.#timer);
    for (const response of this.#listeners) response.end();
    this.#listeners.clear();
  }

  async #look(): Promise<void> {
    this.#timer = setTimeout(() => undefined, 0);
    try {
      await this.#send();
    } finally {
      clearTimeout(this.#timer);
      this.#timer =
        this.#listeners.size === 0
          ? undefined
          : setTimeout(() => void this.#look(), this.#everyMs).unref();
    }
  }

  async #send(): Promise<void> {
    const runs = await this.#runs.all();
    const summaries: readonly RunSummary[] = runs.map((run) => run.summary());
    for (const [index, run] of runs.entries()) {
      if (run.rollouts.count > 0 || summaries[index]!.status === 'running') void run.index();
    }
    const text = JSON.stringify(summaries);
    const isQuiet = text === this.#last;
    if (isQuiet && performance.now() - this.#sentAt < QUIET_MS) return;
    const message = isQuiet ? ': still here\n\n' : `event: runs\ndata: ${text}\n\n`;
    for (const response of this.#listeners) response.write(message);
    [this.#last, this.#sentAt] = [text, performance.now()];
  }
}
