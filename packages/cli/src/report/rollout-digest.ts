import type { RolloutLine } from '@loci/core';
import { TopList } from '../top-list.ts';

/** The rollouts of a report: those with the highest and lowest rewards of all that were trained on. */
export interface RolloutDigest {
  readonly count: number;
  /** Those with the highest rewards, at most one per sample. */
  readonly best: readonly RolloutLine[];
  readonly worst: readonly RolloutLine[];
}

/** Rollouts of each list. */
const SHOWN = 4;

/** Gathers the digest line by line, since the rollouts of a long run do not fit into memory. */
export class RolloutGatherer {
  readonly #best: TopList<RolloutLine>;
  readonly #worst: TopList<RolloutLine>;
  #count = 0;

  constructor(shown = SHOWN) {
    const sampleOf = ({ sampleId }: RolloutLine): string => sampleId;
    this.#best = new TopList(shown, { sampleOf, order: later });
    this.#worst = new TopList(shown, { sampleOf, order: (a, b) => later(b, a) });
  }

  add(line: RolloutLine): void {
    if (line.look !== undefined) return;
    this.#count++;
    if (line.reward === null) return;
    this.#best.add(line);
    this.#worst.add(line);
  }

  result(): RolloutDigest {
    return {
      count: this.#count,
      best: this.#best.entries,
      worst: this.#worst.entries,
    };
  }
}

/** Orders higher rewards first, and later steps first among equal ones. */
function later(a: RolloutLine, b: RolloutLine): number {
  return b.reward! - a.reward! || b.step - a.step;
}
