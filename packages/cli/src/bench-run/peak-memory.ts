/** Samples the resident memory of the process, and keeps its peak by stage of a run. */

const EVERY_MS = 50;
const MIB = 2 ** 20;

/** Samples the memory many times a second. */
export class PeakMemory {
  readonly #peaks = new Map<string, number>();
  readonly #read: () => number;
  readonly #timer: NodeJS.Timeout;
  #stage: string;

  /** @param read gives the memory in bytes. */
  constructor(stage: string, read: () => number = () => process.memoryUsage.rss()) {
    this.#stage = stage;
    this.#read = read;
    this.#timer = setInterval(() => this.look(), EVERY_MS);
    this.#timer.unref();
    this.look();
  }

  /** Peaks in MiB by stage, in order. */
  get peaks(): ReadonlyMap<string, number> {
    return this.#peaks;
  }

  /** Starts another stage. */
  enter(stage: string): void {
    this.look();
    this.#stage = stage;
    this.look();
  }

  /** Samples the memory now. */
  look(): void {
    const now = this.#read() / MIB;
    this.#peaks.set(this.#stage, Math.max(this.#peaks.get(this.#stage) ?? 0, now));
  }

  /** Ends sampling. */
  stop(): void {
    this.look();
    clearInterval(this.#timer);
  }
}
