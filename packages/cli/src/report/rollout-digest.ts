import type { RolloutLine } from '@loci/core';
import { TopList } from '../top-list.ts';

/** What a report shows of the rollouts of a run that were trained on. */
export interface RolloutDigest {
  readonly count: number;
  /** The highest-rewarded ones, at most one a sample. */
  readonly best: readonly RolloutLine[];
  readonly worst: readonly RolloutLine[];
}

/** Rollouts of each list. */
const SHOWN = 4;

/** Gathers what is shown, line by line: the rollouts of a long run do not fit into memory. */
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

/** Higher rewards first; of equal ones that of the later step. */
function later(a: RolloutLine, b: RolloutLine): number {
  return b.reward! - a.reward! || b.step - a.step;
}
