/** Seconds spent in the named phases of a step. */
export class PhaseClock {
  readonly #seconds: Record<string, number> = {};
  readonly #start = performance.now();

  /** Runs work and adds its duration to the phase. */
  async time<T>(phase: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.#seconds[phase] = (this.#seconds[phase] ?? 0) + (performance.now() - start) / 1000;
    }
  }

  /** Seconds by phase, and `step` since the clock was made. */
  read(): Readonly<Record<string, number>> {
    return { ...this.#seconds, step: (performance.now() - this.#start) / 1000 };
  }
}
