import type { DatasetProblem } from '@loci/core';

/** Sorts of problems, in the order of reports. */
const SORTS = ['missing files', 'skipped lines', 'missing media files', 'missing maps'] as const;

/** A sort of problem; summaries use it as the name of its count. */
export type ProblemSort = (typeof SORTS)[number];

/** Problems of one sort that are listed by default; the others are only counted. */
const MOST_NAMED = 200;

interface Sorted {
  readonly named: DatasetProblem[];
  count: number;
}

/** Collects the problems of reading in bounded memory: lists the first 200 of each sort, and counts the others. */
export class ProblemList {
  readonly #mostNamed: number;
  readonly #sorts = new Map<ProblemSort, Sorted>();

  /** @param mostNamed Problems of one sort that are listed. */
  constructor(mostNamed = MOST_NAMED) {
    this.#mostNamed = mostNamed;
  }

  add(sort: ProblemSort, problem: DatasetProblem): void {
    const sorted = this.#sorts.get(sort) ?? { named: [], count: 0 };
    sorted.count++;
    if (sorted.named.length < this.#mostNamed) sorted.named.push(problem);
    this.#sorts.set(sort, sorted);
  }

  /** The listed problems, sort by sort. A sort with more problems ends with their number. */
  all(): readonly DatasetProblem[] {
    return SORTS.flatMap((sort) => {
      const { named, count } = this.#sorts.get(sort) ?? { named: [], count: 0 };
      if (count <= named.length) return named;
      const reason = `${count} ${sort} in all; the first ${named.length} are listed`;
      return [...named, { file: named[0]!.file, reason }];
    });
  }

  /** `3 skipped lines, 1 missing maps`, or an empty text. */
  summary(): string {
    return SORTS.filter((sort) => this.#sorts.has(sort))
      .map((sort) => `${this.#sorts.get(sort)!.count} ${sort}`)
      .join(', ');
  }
}
