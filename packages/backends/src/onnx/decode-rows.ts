/** What the host knows of the rows of a generation between two chunks. */
import type { Generation } from './decode-run.ts';
import type { Feed } from './session-messages.ts';

/** Which rows have ended, and which tokens they have seen. */
export class RowsState {
  readonly #finished: Uint8Array;
  readonly #seen: Uint8Array | undefined;
  readonly #stops: ReadonlySet<number>;
  readonly #vocabulary: number;

  constructor(generation: Generation, vocabulary: number) {
    const { prompts, completions, real, sampling } = generation;
    const rows = prompts.length * completions;
    this.#vocabulary = vocabulary;
    this.#stops = new Set(generation.stopTokenIds);
    this.#finished = new Uint8Array(rows).fill(1, real * completions);
    if (sampling.repetitionPenalty !== 1) {
      const seen = new Uint8Array(rows * vocabulary);
      for (let row = 0; row < rows; row++) {
        for (const id of prompts[Math.floor(row / completions)]!.tokenIds) {
          seen[row * vocabulary + id] = 1;
        }
      }
      this.#seen = seen;
    }
  }

  get allFinished(): boolean {
    return this.#finished.every((finished) => finished === 1);
  }

  feeds(): Record<string, Feed> {
    const rows = this.#finished.length;
    const bool = (data: Uint8Array, shape: readonly number[]): Feed => ({
      type: 'bool',
      shape,
      data,
    });
    return {
      finished: bool(this.#finished, [rows, 1]),
      ...(this.#seen ? { seen: bool(this.#seen, [rows, this.#vocabulary]) } : {}),
    };
  }

  advance(tokenIds: Int32Array): void {
    const rows = this.#finished.length;
    tokenIds.forEach((id, index) => {
      const row = index % rows;
      if (this.#finished[row]) return;
      if (this.#seen) this.#seen[row * this.#vocabulary + id] = 1;
      if (this.#stops.has(id)) this.#finished[row] = 1;
    });
  }
}
