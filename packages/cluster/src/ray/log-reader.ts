/** Reads a log that grows: each call gives what came since. */

/** New lines of a log. */
export interface LogPiece {
  /** Whole lines, without their ends. */
  readonly lines: readonly string[];
  /** The log is shorter than it was: it is another one, and is read from its start. */
  readonly isAnew: boolean;
}

/** Keeps how far a log was read, in UTF-16 code units of its text; a line that was not finished waits for its end. */
export class LogReader {
  #offset: number;

  /** @param offset where an earlier reader stood. */
  constructor(offset = 0) {
    this.#offset = offset;
  }

  get offset(): number {
    return this.#offset;
  }

  /** @param isLast Whether nothing more comes, so that a last line without an end counts. */
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
