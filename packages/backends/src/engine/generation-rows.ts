/** Tracks the rows of a generation on the host from step to step. */
import type { Generation } from './generation.ts';

/** Which rows have ended, and which tokens they have seen. */
export class GenerationRows {
  /** 1 where a row has ended or only fills the layout. */
  readonly finished: Uint8Array;
  /** `[rows, vocabulary]`, 1 for tokens of the context; kept only when repetition is penalized. */
  readonly seen: Uint8Array | undefined;
  readonly #stops: ReadonlySet<number>;
  readonly #vocabulary: number;
  readonly #mostTokens: readonly number[];
  #made = 0;

  constructor(generation: Generation, vocabulary: number) {
    const { prompts, completions, real, sampling } = generation;
    const rows = prompts.length * completions;
    this.#vocabulary = vocabulary;
    this.#stops = new Set(generation.stopTokenIds);
    this.#mostTokens = generation.rowTokens ?? [];
    this.finished = new Uint8Array(rows).fill(1, real * completions);
    if (sampling.repetitionPenalty !== 1) {
      const seen = new Uint8Array(rows * vocabulary);
      for (let row = 0; row < rows; row++) {
        for (const id of prompts[Math.floor(row / completions)]!.tokenIds) {
          seen[row * vocabulary + id] = 1;
        }
      }
      this.seen = seen;
    }
  }

  get allFinished(): boolean {
    return this.finished.every((finished) => finished === 1);
  }

  /** Tokens of a row's context; undefined when they are not kept. */
  seenBy(row: number): readonly number[] {
    const start = row * this.#vocabulary;
    const own = this.seen?.subarray(start, start + this.#vocabulary) ?? [];
    return [...own].flatMap((seen, id) => (seen === 1 ? [id] : []));
  }

  /** Takes the tokens of some steps, `[steps, rows]`. */
  advance(tokenIds: Int32Array): void {
    const rows = this.finished.length;
    tokenIds.forEach((id, index) => {
      const row = index % rows;
      if (this.finished[row]) return;
      if (this.seen) this.seen[row * this.#vocabulary + id] = 1;
      if (this.#stops.has(id)) this.finished[row] = 1;
    });
    this.#made += tokenIds.length / rows;
    for (const [row, most] of this.#mostTokens.entries()) {
      if (this.#made >= most) this.finished[row] = 1;
    }
  }
}
