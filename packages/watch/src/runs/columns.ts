/** A column of numbers that grows: NaN where a row has no value. */
export class NumberColumn {
  #values = new Float64Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Sets the value of a row; skipped rows have none. */
  set(row: number, value: number): void {
    if (row >= this.#values.length) {
      const grown = new Float64Array(Math.max(row + 1, 2 * this.#values.length));
      grown.set(this.#values.subarray(0, this.#length));
      this.#values = grown;
    }
    if (row > this.#length) this.#values.fill(Number.NaN, this.#length, row);
    this.#values[row] = value;
    this.#length = Math.max(this.#length, row + 1);
  }

  /** NaN beyond the last row that was set. */
  at(row: number): number {
    return row < this.#length ? this.#values[row]! : Number.NaN;
  }
}

/** Stores frequent words once, and gives each a number. */
export class WordTable {
  readonly #numbers = new Map<string, number>();
  readonly #words: string[] = [];

  /** The words, in the order of their first use. */
  get words(): readonly string[] {
    return this.#words;
  }

  /** The number of a word; a new word gets the next number. */
  number(word: string): number {
    const known = this.#numbers.get(word);
    if (known !== undefined) return known;
    this.#numbers.set(word, this.#words.length);
    return this.#words.push(word) - 1;
  }
}
