/** The order of entries, and the sample of each. */
export interface TopListRules<Entry> {
  /** Below 0 when the first entry comes before the second one. */
  order(a: Entry, b: Entry): number;
  sampleOf(entry: Entry): string;
}

/** Keeps the first `size` of all entries, at most one per sample, so that one question does not fill the list. */
export class TopList<Entry> {
  #entries: readonly Entry[] = [];
  readonly #size: number;
  readonly #rules: TopListRules<Entry>;

  constructor(size: number, rules: TopListRules<Entry>) {
    this.#size = size;
    this.#rules = rules;
  }

  add(entry: Entry): void {
    const { order, sampleOf } = this.#rules;
    const last = this.#entries.at(-1);
    const isFull = this.#entries.length >= this.#size;
    if (this.#size === 0 || (isFull && order(last!, entry) <= 0)) return;
    const rival = this.#entries.find((kept) => sampleOf(kept) === sampleOf(entry));
    if (rival !== undefined && order(rival, entry) <= 0) return;
    const others = this.#entries.filter((kept) => kept !== rival);
    this.#entries = [...others, entry].sort(order).slice(0, this.#size);
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }
}
