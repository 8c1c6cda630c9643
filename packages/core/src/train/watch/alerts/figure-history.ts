/** The figures of a run as alerts look at them: means over the last steps, and over the first ones to compare with. */

/** The mean of a figure over the last steps, and over the first where those lie before the last. */
export interface FigureMeans {
  readonly recent: number;
  /** Undefined until the first and the last steps are different ones. */
  readonly start: number | undefined;
}

interface Series {
  readonly start: number[];
  readonly recent: number[];
  count: number;
}

/** Remembers what the means of each figure need, and no more. */
export class FigureHistory {
  readonly #window: number;
  readonly #series = new Map<string, Series>();

  /** @param window Steps of a mean. */
  constructor(window: number) {
    this.#window = window;
  }

  /** Takes the figures of the next step. A figure that a step lacks keeps its window. */
  add(figures: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(figures)) {
      if (!Number.isFinite(value)) continue;
      const series = this.#series.get(name) ?? { start: [], recent: [], count: 0 };
      this.#series.set(name, series);
      series.count++;
      if (series.start.length < this.#window) series.start.push(value);
      series.recent.push(value);
      if (series.recent.length > this.#window) series.recent.shift();
    }
  }

  /** Means of a figure; undefined until it has filled a window. */
  means(name: string): FigureMeans | undefined {
    const series = this.#series.get(name);
    if (series === undefined || series.count < this.#window) return undefined;
    const isLater = series.count >= 2 * this.#window;
    return { recent: mean(series.recent), start: isLater ? mean(series.start) : undefined };
  }

  /** Sum over the last steps, of which there may be fewer than a window. */
  recentSum(name: string): number {
    return (this.#series.get(name)?.recent ?? []).reduce((sum, value) => sum + value, 0);
  }

  /** Names of figures that start with `prefix`, in the order in which they came. */
  names(prefix: string): readonly string[] {
    return [...this.#series.keys()].filter((name) => name.startsWith(prefix));
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
