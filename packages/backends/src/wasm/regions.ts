/** Allocates regions of a memory. */

/** A region, from its start to before its end. */
export interface Region {
  readonly start: number;
  readonly end: number;
}

/** Start of the first gap of a size, from a place on, between the taken regions. */
export function firstGap(taken: Iterable<Region>, size: number, from = 0): number {
  let start = from;
  for (const region of [...taken].sort((a, b) => a.start - b.start)) {
    if (region.start - start >= size) break;
    start = Math.max(start, region.end);
  }
  return start;
}

/** Places parts one after another, each at a multiple of 16. */
export class Layout {
  #end: number;

  /** @param start a multiple of 16. */
  constructor(start = 0) {
    this.#end = start;
  }

  /** The current end of the parts. */
  get end(): number {
    return this.#end;
  }

  /** Adds a part of a number of bytes and returns its start. */
  place(bytes: number): number {
    const start = this.#end;
    this.#end = start + Math.ceil(bytes / 16) * 16;
    return start;
  }
}
