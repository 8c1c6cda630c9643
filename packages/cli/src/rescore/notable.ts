/** The completions worth looking at: those that moved most, and the ends of what a reward that is new says. */
import type { RewardOutcome } from '@loci/core';
import { movement } from './comparison.ts';
import type { Rescored } from './rescore.ts';

/** Why a completion is shown. */
export interface Mark {
  readonly why: 'moved' | 'highest' | 'lowest';
  readonly reward: string;
  /** How far the value moved, or the value. */
  readonly figure: number;
}

/** A completion to show. */
export interface Notable extends Rescored {
  readonly marks: readonly Mark[];
}

type Marked = Rescored & Mark;

/** The `size` greatest, at most one a sample, so that one question does not fill the list. */
class TopList {
  #entries: Marked[] = [];
  readonly #size: number;
  readonly #sign: 1 | -1;

  constructor(size: number, sign: 1 | -1 = 1) {
    this.#size = size;
    this.#sign = sign;
  }

  add(entry: Marked): void {
    const worst = this.#entries.at(-1);
    const isFull = this.#entries.length >= this.#size;
    if (this.#size === 0 || (isFull && this.#order(worst!, entry) <= 0)) return;
    const { sampleId } = entry.stored;
    const rival = this.#entries.find(({ stored }) => stored.sampleId === sampleId);
    if (rival !== undefined && this.#order(rival, entry) <= 0) return;
    const others = this.#entries.filter((kept) => kept !== rival);
    this.#entries = [...others, entry].sort((a, b) => this.#order(a, b)).slice(0, this.#size);
  }

  get entries(): readonly Marked[] {
    return this.#entries;
  }

  #order(a: Marked, b: Marked): number {
    return this.#sign * (b.figure - a.figure);
  }
}

/** Gathers the completions to show, in memory that depends on their number alone. */
export class NotableGatherer {
  readonly #size: number;
  readonly #moved: TopList;
  readonly #ends = new Map<string, { readonly highest: TopList; readonly lowest: TopList }>();

  constructor(size: number) {
    this.#size = size;
    this.#moved = new TopList(size);
  }

  add(rescored: Rescored): void {
    const { stored, now } = rescored;
    if (stored.shuffled === true) return;
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

  /** Those that moved most; then, for each reward that is new, its highest and its lowest. None is named twice. */
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
      highest: new TopList(Math.ceil(this.#size / 2)),
      lowest: new TopList(Math.floor(this.#size / 2), -1),
    };
    this.#ends.set(reward, lists);
    const figure = outcome.value;
    lists.highest.add({ ...rescored, why: 'highest', reward, figure });
    lists.lowest.add({ ...rescored, why: 'lowest', reward, figure });
  }
}

/** Values that differ by less are the same. */
const SAME = 1e-9;
