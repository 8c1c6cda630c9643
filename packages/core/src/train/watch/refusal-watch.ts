import { LociError } from '../../errors/loci-error.ts';

/** Samples over which the share of refused ones is taken. */
const WINDOW = 64;

/** A sample that cannot be trained on, and why. */
export interface Refusal {
  readonly sampleId: string;
  readonly reason: string;
}

/** Stops a run that could use so little of its data that something must be wrong with all of it. */
export class RefusalWatch {
  readonly #maxShare: number;
  readonly #recent: boolean[] = [];

  constructor(maxShare: number) {
    this.#maxShare = maxShare;
  }

  /**
   * Told of each sample that was drawn, in order.
   *
   * @throws LociError `samples-refused` when more of the last 64 were refused than the config allows.
   */
  observe(refusal: Refusal | undefined): void {
    this.#recent.push(refusal !== undefined);
    if (this.#recent.length > WINDOW) this.#recent.shift();
    const refused = this.#recent.filter(Boolean).length;
    if (refusal === undefined || refused / WINDOW <= this.#maxShare) return;
    throw new LociError(
      'samples-refused',
      `${refused} of the last ${this.#recent.length} samples could not be asked, more than the share of ${this.#maxShare} ` +
        `of ${WINDOW} that maxRefusedShare allows; the last one, ${refusal.sampleId}: ${refusal.reason}`,
      { details: { refused, of: this.#recent.length, window: WINDOW } },
    );
  }
}
