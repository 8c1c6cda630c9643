/** Logs a summary of requests every few seconds, since a line per request would be too much at two thousand completions a second. */

const EVERY_MS = 5000;

/** Counts requests, and writes a line about them at most every few seconds. */
export class RequestLog {
  readonly #write: (line: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #requests = 0;
  #completions = 0;
  #refused = 0;
  #last: string | undefined;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  answered(completions: number): void {
    this.#completions += completions;
    this.#count();
  }

  refused(status: number, message: string): void {
    this.#refused++;
    this.#last = `${status} ${message}`;
    this.#count();
  }

  /** Writes the pending counts. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#requests === 0) return;
    const scored = `${this.#completions} completions in ${this.#requests} requests`;
    const refused =
      this.#refused === 0 ? '' : `, ${this.#refused} refused; the last: ${this.#last}`;
    this.#write(`${scored}${refused}`);
    this.#requests = 0;
    this.#completions = 0;
    this.#refused = 0;
  }

  #count(): void {
    this.#requests++;
    this.#timer ??= setTimeout(() => this.flush(), EVERY_MS).unref();
  }
}
