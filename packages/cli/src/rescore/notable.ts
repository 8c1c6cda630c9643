/** Selects the completions worth reading: those whose values changed most, and those with the highest and lowest values of a new reward. */
import type { RewardOutcome } from '@loci/core';
import { TopList } from '../top-list.ts';
import { SAME, movement } from './comparison.ts';
import type { Rescored } from './rescore.ts';

/** The reason for showing a completion. */
export interface Mark {
  readonly why: 'moved' | 'highest' | 'lowest';
  readonly reward: string;
  /** The change of the value, or the value. */
  readonly figure: number;
}

/** A completion to show. */
export interface Notable extends Rescored {
  readonly marks: readonly Mark[];
}

type Marked = Rescored & Mark;

/** A list of the `size` highest entries, or with −1 the lowest. */
function marked(size: number, sign: 1 | -1 = 1): TopList<Marked> {
  return new TopList(size, {
    order: (a, b) => sign * (b.figure - a.figure),
    sampleOf: ({ stored }) => stored.sampleId,
  });
}

/** Gathers the completions to show, in memory that depends only on their number. */
export class NotableGatherer {
  readonly #size: number;
  readonly #moved: TopList<Marked>;
  readonly #ends = new Map<
    string,
    { readonly highest: TopList<Marked>; readonly lowest: TopList<Marked> }
  >();

  constructor(size: number) {
    this.#size = size;
    this.#moved = marked(size);
  }

  add(rescored: Rescored): void {
    const { stored, now } = rescored;
    if (stored.look !== undefined) return;
    let reward = '';
    let figure = 0;
    for (const [name, outcome] of Object.entries(now.outcomes)) {
      const before = stored.outcomes[name];
      if (before === undefined) this.#addEnd(rescored, name, outcome);
      const moved = movement(before, outcome);
      if (moved > figure) [reward, figure] = [name, moved];
    }
    if (figure > SAME) this.#moved.add({ ...rescored, why: 'moved', reward, figure });
  }

  /** The largest changes; then, for each new reward, its highest and its lowest values. No completion is listed twice. */
  result(): readonly Notable[] {
    const ends = [...this.#ends.values()].flatMap(({ highest, lowest }) => [
      ...highest.entries,
      ...lowest.entries,
    ]);
    const notables = new Map<Rescored['stored'], Notable>();
    for (const { stored, now, ...mark } of [...this.#moved.entries, ...ends]) {
      const marks = notables.get(stored)?.marks ?? [];
      notables.set(stored, { stored, now, marks: [...marks, mark] });
    }
    return [...notables.values()];
  }

  #addEnd(rescored: Rescored, reward: string, outcome: RewardOutcome): void {
    if (outcome.status !== 'scored') return;
    const lists = this.#ends.get(reward) ?? {
      highest: marked(Math.ceil(this.#size / 2)),
      lowest: marked(Math.floor(this.#size / 2), -1),
    };
    this.#ends.set(reward, lists);
    const figure = outcome.value;
    lists.highest.add({ ...rescored, why: 'highest', reward, figure });
    lists.lowest.add({ ...rescored, why: 'lowest', reward, figure });
  }
}
