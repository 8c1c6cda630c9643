import { permutation, deriveSeed } from '../../random/seed.ts';

/**
 * Index of the sample at a place of the endless sequence of training: each epoch goes through all samples once, in an order
 * of its own that depends on nothing but the run's seed. So a resumed run only needs to know how many were drawn.
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

  /** The indices from a place on, without end. */
  *from(place: number): Generator<number, undefined, undefined> {
    for (;;) yield this.at(place++);
  }
}
