/** Stretches of a memory, given out and taken back. */

/** A stretch, from its start to before its end. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Where the first gap of a size begins, from a place on, that none of the taken stretches reaches into. */
export function firstGap(taken: Iterable<Stretch>, size: number, from = 0): number {
  let start = from;
  for (const stretch of [...taken].sort((a, b) => a.start - b.start)) {
    if (stretch.start - start >= size) break;
    start = Math.max(start, stretch.end);
  }
  return start;
}

/** Lays parts one after another, each at a multiple of 16. */
export class Layout {
  #end: number;

  /** @param start a multiple of 16. */
  constructor(start = 0) {
    this.#end = start;
  }

  /** Where the parts end so far. */
  get end(): number {
    return this.#end;
  }

  /** Where a part of so many bytes begins. */
  place(bytes: number): number {
    const start = this.#end;
    this.#end = start + Math.ceil(bytes / 16) * 16;
    return start;
  }
}
