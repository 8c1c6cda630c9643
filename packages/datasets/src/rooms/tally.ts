import type { RandomStream } from '@loci/core';
import { shuffled } from './furnish.ts';

/** A name may get ahead of the rarest by this share of the rarest's count, beside its fixed lead. */
const LEAD_GROWTH = 0.05;

/** Counts how often each of some names was used, and offers the least used first: what keeps answers balanced. */
export class Tally<Name extends string> {
  readonly #counts: Map<Name, number>;

  constructor(names: readonly Name[]) {
    this.#counts = new Map(names.map((name) => [name, 0]));
  }

  /**
   * Names that may be used next, the least used first, equals in random order; never empty.
   * @param mostLead How often a name may be used more than the rarest one, beside 5 % of the latter.
   */
  open(random: RandomStream, mostLead: number): readonly Name[] {
    const least = Math.min(...this.#counts.values());
    const most = least * (1 + LEAD_GROWTH) + mostLead;
    return shuffled(random, [...this.#counts.keys()])
      .filter((name) => this.#counts.get(name)! < most)
      .sort((a, b) => this.#counts.get(a)! - this.#counts.get(b)!);
  }

  /** Counts a use; −1 takes one back. */
  use(name: Name, times: 1 | -1 = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + times);
  }
}
