/** A line now and then of what the server did: at two thousand completions a second, a line a request would be all it does. */

const EVERY_MS = 5000;

/** Counts requests and writes a line of them at most every few seconds. */
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

  /** Writes what is not written yet. */
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
