/** Records the findings of a drill while it runs. */
import type { BrokenPromise, Findings } from './drill.ts';

/** Broken promises that are listed in full; further ones are only counted. */
const MOST_LISTED = 50;

/** Records the counts, checks and broken promises of one drill. */
export class Ledger {
  readonly #counts = new Map<string, number>();
  readonly #broken: BrokenPromise[] = [];
  readonly #skipped = new Set<string>();
  #checks = 0;
  #rounds = 0;
  #brokenInAll = 0;
  #round: Pick<BrokenPromise, 'round' | 'folder'> = {};

  /** Adds to a count. */
  count(name: string, amount = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + amount);
  }

  /** Keeps the larger value of a figure. */
  most(name: string, value: number): void {
    this.#counts.set(name, Math.max(value, this.#counts.get(name) ?? value));
  }

  /** Records a check of a promise; it holds when nothing was found. @returns Whether it holds. */
  expect(promise: string, found: string | undefined): boolean {
    this.#checks++;
    if (found === undefined || found === '') return true;
    this.#brokenInAll++;
    if (this.#broken.length < MOST_LISTED) this.#broken.push({ promise, found, ...this.#round });
    return false;
  }

  /** Notes what this machine does not allow. @returns Whether that is new. */
  skip(reason: string): boolean {
    if (this.#skipped.has(reason)) return false;
    this.#skipped.add(reason);
    return true;
  }

  /** Begins a round. @param folder where its files will still lie afterwards, if they will. */
  begin(round: number, folder: string | undefined): void {
    this.#round = { round, ...(folder !== undefined && { folder }) };
  }

  /** Ends a round. */
  end(): void {
    this.#rounds++;
    this.#round = {};
  }

  /** Broken promises so far. */
  get broken(): number {
    return this.#brokenInAll;
  }

  /** Everything that was found. */
  findings(): Findings {
    const unlisted = this.#brokenInAll - this.#broken.length;
    if (unlisted > 0) this.#counts.set('broken promises not listed', unlisted);
    return {
      rounds: this.#rounds,
      counts: Object.fromEntries(this.#counts),
      checks: this.#checks,
      broken: [...this.#broken],
      skipped: [...this.#skipped],
    };
  }
}
