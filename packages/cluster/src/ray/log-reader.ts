/** Reads a growing log: each call returns the lines since the last one. */

/** New lines of a log. */
export interface LogPiece {
  /** Whole lines, without their ends. */
  readonly lines: readonly string[];
  /** The log is shorter than before: it is a new one, and is read from its start. */
  readonly isAnew: boolean;
}

/** Remembers how far a log was read, in UTF-16 code units. An unfinished line waits for its end. */
export class LogReader {
  #offset: number;

  /** @param offset at which an earlier reader ended. */
  constructor(offset = 0) {
    this.#offset = offset;
  }

  get offset(): number {
    return this.#offset;
  }

  /** @param isLast whether the log has ended, so that a last line without a line feed counts. */
  take(text: string, isLast = false): LogPiece {
    const isAnew = text.length < this.#offset;
    const from = isAnew ? 0 : this.#offset;
    const end = isLast ? text.length : text.lastIndexOf('\n') + 1;
    this.#offset = Math.max(from, end);
    if (end <= from) return { lines: [], isAnew };
    const piece = text.slice(from, end);
    return { lines: piece.replace(/\r?\n$/u, '').split(/\r?\n/u), isAnew };
  }
}
