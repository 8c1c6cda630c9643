import { permutation, deriveSeed } from '../../random/seed.ts';

/**
 * The endless sequence of samples in training: each epoch visits all samples once, in an order drawn from the run's seed and the epoch.
 * So a resumed run only needs the number of samples drawn.
 */
export class SampleOrder {
  readonly #size: number;
  readonly #seed: number;
  #epoch = -1;
  #order = new Uint32Array();

  constructor(size: number, seed: number) {
    this.#size = size;
    this.#seed = seed;
  }

  /** @param place Counted from 0 over all epochs. */
  at(place: number): number {
    const epoch = Math.floor(place / this.#size);
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#order = Uint32Array.from(
        permutation(this.#size, deriveSeed(this.#seed, 'epoch', epoch)),
      );
    }
    return this.#order[place % this.#size]!;
  }

  /** The endless sequence of indices from a place on. */
  *from(place: number): Generator<number, undefined, undefined> {
    for (;;) yield this.at(place++);
  }
}
