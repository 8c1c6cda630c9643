import { LociError } from '../../errors/loci-error.ts';

/** Samples over which the share of skipped ones is computed. */
const WINDOW = 64;

/** A sample that training skipped, and why. */
export interface SkippedSample {
  readonly sampleId: string;
  readonly reason: string;
}

/** Stops a run that skips so many samples that something must be wrong with all its data. */
export class SkipWatch {
  readonly #maxShare: number;
  readonly #recent: boolean[] = [];

  constructor(maxShare: number) {
    this.#maxShare = maxShare;
  }

  /**
   * Call it for each drawn sample, in order.
   *
   * @param skipped Undefined when the sample is used.
   * @throws LociError `samples-refused` when more of the last 64 were skipped than the config allows.
   */
  observe(skipped: SkippedSample | undefined): void {
    this.#recent.push(skipped !== undefined);
    if (this.#recent.length > WINDOW) this.#recent.shift();
    const count = this.#recent.filter(Boolean).length;
    if (skipped === undefined || count / WINDOW <= this.#maxShare) return;
    throw new LociError(
      'samples-refused',
      `${count} of the last ${this.#recent.length} samples were skipped, more than the share of ${this.#maxShare} ` +
        `of ${WINDOW} that maxRefusedShare allows; the last one, ${skipped.sampleId}: ${skipped.reason}`,
      { details: { refused: count, of: this.#recent.length, window: WINDOW } },
    );
  }
}
